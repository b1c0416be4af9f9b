import { PROBLEMS, type ProblemCode } from '../problem-table.ts';
import { PROBLEM_MEDIA_TYPE } from '../problem.ts';
import type { Method, Operation } from './open-api-types.ts';
import { REFUSES } from './refuses.ts';

/** NOTE: published. Codes are an open list. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', format: 'uri-reference', description: 'Finds this occurrence in the log.' },
    code: { type: 'string', description: 'What to branch on; `/problems/{code}` explains it.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: { pointer: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
    missing: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'why'],
        properties: { code: { type: 'string' }, issue: { type: 'string' }, why: { type: 'string' } },
      },
    },
    revision: { type: ['integer', 'null'] },
    missedFacts: { type: 'array', items: { type: 'object' } },
    outcome: { type: 'string' },
    roles: { type: 'array', items: { type: 'string' }, description: 'Those that may.' },
  },
};

/** What every door can answer, whatever it is for. */
const ALWAYS: readonly ProblemCode[] = [
  'malformed-request',
  'foreign-origin',
  'wrong-host',
  'url-too-long',
  'headers-too-large',
  'expectation-failed',
  'request-timeout',
  'internal-error',
];
const READING: readonly ProblemCode[] = ['invalid-parameter', 'ledger-unavailable'];
/** What stands between a request and its rule; what the rule itself refuses is said by the door (refuses.ts). */
const WRITING: readonly ProblemCode[] = [
  'malformed-json',
  'invalid-parameter',
  'invalid-precondition',
  'invalid-idempotency-key',
  'body-too-large',
  'unsupported-media-type',
  'invalid-body',
  'idempotency-key-reused',
  'revision-mismatch',
  'ledger-unavailable',
];
/** Who acts is looked at under /v1 only: probes and schemas are nobody's business. */
const ACTING: readonly ProblemCode[] = ['invalid-actor', 'role-not-allowed'];
const BY_PARAMETER: Readonly<Record<string, readonly ProblemCode[]>> = {
  cursor: ['invalid-cursor'],
  minPosition: ['invalid-position', 'other-ledger', 'read-model-behind'],
  after: ['invalid-position', 'other-ledger'],
  afterFact: ['not-found'],
};

/** Adds to an operation the headers that it takes, those it gives, and its problems by status. */
export const describeProblems = (path: string, method: Method, operation: Operation, shared: SharedResponses): void => {
  const isWrite = method === 'post' || method === 'put';
  for (const response of Object.values(operation.responses))
    response['headers'] = {
      ...CORRELATION,
      ...(isWrite && WRITE_HEADERS),
      ...(response['headers'] as object | undefined),
    };
  if (path.startsWith('/v1/')) operation.parameters = [...(operation.parameters ?? []), ACTOR];
  if (isWrite) operation.parameters = [...(operation.parameters ?? []), ...HEADERS];
  for (const [status, codes] of byStatus(codesOf(path, method, operation)))
    operation.responses[status] ??= shared.refer(status, problemResponse(codes));
  delete operation[REFUSES];
};

const problemResponse = (codes: readonly ProblemCode[]): Record<string, unknown> => ({
  description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join('\n\n'),
  headers: { ...CORRELATION, 'Content-Language': { required: true, schema: { type: 'string', const: 'en' } } },
  content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** Responses that several operations have, each written once. */
export class SharedResponses {
  private readonly names = new Map<string, string>();
  readonly responses: Record<string, unknown> = {};

  refer(status: string, response: Record<string, unknown>): { $ref: string } {
    const text = JSON.stringify(response);
    let name = this.names.get(text);
    if (name === undefined) {
      const alike = Object.keys(this.responses).filter((one) => one.startsWith(`Problem${status}`)).length;
      name = alike === 0 ? `Problem${status}` : `Problem${status}_${alike + 1}`;
      this.names.set(text, name);
      this.responses[name] = response;
    }
    return { $ref: `#/components/responses/${name}` };
  }
}

const codesOf = (path: string, method: Method, operation: Operation): ReadonlySet<ProblemCode> => {
  const names = (operation.parameters ?? []).map(({ name }) => String(name));
  return new Set<ProblemCode>([
    ...ALWAYS,
    ...(method === 'get' ? READING : WRITING),
    ...(path.startsWith('/v1/') ? ACTING : []),
    ...(method === 'put' ? (['precondition-required'] as const) : []),
    ...(path.includes('{') ? (['not-found'] as const) : []),
    ...(path.includes('{complaint}') ? (['mistyped-reference'] as const) : []),
    ...names.flatMap((name) => BY_PARAMETER[name] ?? []),
    ...((operation[REFUSES] as readonly ProblemCode[] | undefined) ?? []),
  ]);
};

const byStatus = (codes: ReadonlySet<ProblemCode>): Map<string, ProblemCode[]> => {
  const statuses = new Map<string, ProblemCode[]>();
  for (const code of codes) {
    const status = String(PROBLEMS[code].status);
    statuses.set(status, [...(statuses.get(status) ?? []), code]);
  }
  return statuses;
};

const CORRELATION = { 'Correlation-Id': { required: true, schema: { type: 'string', format: 'uuid' } } };
const WRITE_HEADERS = {
  ETag: {
    required: true,
    description: 'The revision of the stream written.',
    schema: { type: 'string', pattern: '^"\\d+"$' },
  },
  Location: { description: 'What was created.', schema: { type: 'string' } },
};

const header = (name: string, description: string, pattern?: string): Record<string, unknown> => ({
  name,
  in: 'header',
  required: false,
  description,
  schema: { type: 'string', ...(pattern !== undefined && { pattern }) },
});

const ACTOR = header(
  'Redress-Actor',
  'Who acts, as an item of RFC 9651: `anna; role=manager`. Absent: `local; role=handler`.',
);
const HEADERS = [
  header('Idempotency-Key', '1 to 255 visible ASCII characters, bare or quoted. With it, repeating is safe for ever.'),
  header(
    'If-Match',
    'The ETag that the decision was made by; another revision is a 412 with the facts that were missed.',
  ),
  header('Correlation-Id', 'A UUID that goes along into every fact. Absent: one is minted.'),
  header('traceparent', 'W3C trace context.'),
];
