import type { OpenApiDocument, Operation } from '#api/openapi/open-api-types';

/** What clients are written against in an OpenAPI document, without its prose and examples. */
export interface OpenApiPromise {
  readonly operations: Readonly<Record<string, PromisedOperation>>;
  readonly schemas: Readonly<Record<string, unknown>>;
}

interface PromisedOperation {
  readonly id: unknown;
  readonly tags: unknown;
  /** By `in name`. */
  readonly parameters: Readonly<Record<string, { readonly required: boolean; readonly schema: unknown }>>;
  readonly body?: unknown;
  /** By status and media type. */
  readonly answers: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

export const promiseOf = (document: OpenApiDocument): OpenApiPromise => ({
  operations: Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operationOf(operation, document)]),
    ),
  ),
  schemas: withoutProse(document.components['schemas']) as Record<string, unknown>,
});

const operationOf = (operation: Operation, { components }: OpenApiDocument): PromisedOperation => {
  const {
    operationId,
    tags,
    parameters = [],
    requestBody,
    responses,
  } = operation as Operation & {
    operationId?: string;
    tags?: string[];
  };
  const answers: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [status, response] of Object.entries(responses)) {
    const { $ref } = response as { $ref?: string };
    const { content, description } = ($ref ? components['responses']![$ref.split('/').at(-1)!] : response) as {
      content?: Record<string, { schema?: unknown }>;
      description: string;
    };
    if (content?.['application/problem+json'])
      problems.push(...[...description.matchAll(/`([a-z-]+)`:/g)].map(([, code]) => code!));
    else
      for (const [media, { schema }] of Object.entries(content ?? { none: {} }))
        answers[`${status} ${media}`] = withoutProse(schema ?? {});
  }
  const body = (requestBody as { content: Record<string, { schema: unknown }> } | undefined)?.content;
  return {
    id: operationId,
    tags,
    parameters: Object.fromEntries(
      parameters.map(({ name, in: where, required = false, schema }) => [
        `${String(where)} ${String(name)}`,
        { required: required as boolean, schema: withoutProse(schema) },
      ]),
    ),
    ...(body && { body: withoutProse(body['application/json']!.schema) }),
    answers,
    problems: problems.sort(),
  };
};

const withoutProse = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, member]) => !(key === 'description' && typeof member === 'string') && key !== 'examples')
      .map(([key, member]) => [key, withoutProse(member)]),
  );
};

/** What was promised and is not kept: operations, parameters and members may only be added. */
export const brokenIn = (before: OpenApiPromise, now: OpenApiPromise): string[] => {
  const known = new Set(Object.values(before.operations).flatMap(({ problems }) => problems));
  return Object.entries(before.operations).flatMap(([at, was]) => {
    const is = now.operations[at];
    if (!is) return [`${at} is gone`];
    return [
      ...(JSON.stringify([was.id, was.tags]) === JSON.stringify([is.id, is.tags]) ? [] : [`${at} is named otherwise`]),
      ...Object.entries(is.parameters)
        .filter(([name, { required }]) => required && !was.parameters[name])
        .map(([name]) => `${at} demands ${name}`),
      ...lost(was.parameters, is.parameters, `${at} parameters`, 'taken', { before, now }),
      ...lost(was.body, is.body, `${at} body`, 'taken', { before, now }),
      ...lost(was.answers, is.answers, `${at} answers`, 'given', { before, now }),
      // Which of the refusals that were known then an operation may give is only ever narrowed.
      ...is.problems
        .filter((code) => known.has(code) && !was.problems.includes(code))
        .map((code) => `${at} refuses with ${code}`),
    ];
  });
};

type Documents = { readonly before: OpenApiPromise; readonly now: OpenApiPromise };

/** Members may be added to what is given, optional ones to what is taken. */
const lost = (was: unknown, is: unknown, at: string, way: 'taken' | 'given', both: Documents): string[] => {
  const [one, other] = [deref(was, both.before), deref(is, both.now)];
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null)
    return one === other ? [] : [`${at}: ${JSON.stringify(one)} became ${JSON.stringify(other)}`];
  if (Array.isArray(one) || Array.isArray(other)) {
    const [less, more] = (way === 'given' || !at.endsWith('/required') ? [one, other] : [other, one]) as unknown[][];
    const texts = new Set(more!.map((each) => JSON.stringify(each)));
    const listed = less!.every((each) => typeof each === 'string');
    if (listed) return less.every((each) => texts.has(JSON.stringify(each))) ? [] : [`${at} lost or demands a word`];
    return less!.flatMap((each, index) => lost(each, more![index], `${at}/${index}`, way, both));
  }
  return Object.entries(one).flatMap(([key, member]) =>
    key in other
      ? lost(member, (other as Record<string, unknown>)[key], `${at}/${key}`, way, both)
      : [`${at}/${key} is gone`],
  );
};

const deref = (value: unknown, { schemas }: OpenApiPromise): unknown => {
  const { $ref } = (typeof value === 'object' && value !== null ? value : {}) as { $ref?: unknown };
  return typeof $ref === 'string' ? schemas[$ref.split('/').at(-1)!] : value;
};
