import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenApiDocument } from '#api/openapi/open-api-types';
import { startService, type Service } from '../support/service.ts';
import { brokenIn, promiseOf, type OpenApiPromise } from './openapi-promise.ts';

/**
 * What the API once promised is kept: openapi-0.1.json is of the version that first had every door. It is never renewed
 * to make this pass; a promise is taken back only with a new path.
 */
const before = JSON.parse(readFileSync(join(__dirname, 'openapi-0.1.json'), 'utf8')) as OpenApiPromise;

describe('the OpenAPI document', () => {
  let service: Service;
  let document: OpenApiDocument;
  beforeAll(async () => {
    service = await startService({ followers: false });
    document = (await service.client.get('/openapi.json')).body as OpenApiDocument;
  }, 60_000);
  afterAll(() => service.close(), 60_000);

  it('only gained since it was first promised', () => {
    expect(Object.keys(before.operations).length).toBeGreaterThan(50);
    expect(brokenIn(before, promiseOf(document))).toEqual([]);
  });
});

interface Changeable {
  operations: Record<string, Operation>;
  readonly schemas: { readonly ThanksBody: { required: string[]; properties: { why?: { maxLength: number } } } };
}
interface Operation {
  id: string;
  parameters: Record<string, object>;
  readonly answers: Readonly<Record<string, { readonly properties: Record<string, unknown> }>>;
  readonly problems: string[];
}
type Change = (thanks: Operation, promise: Changeable) => unknown;

describe('a promise is broken by', () => {
  const broken = (change: Change): string[] => {
    const now = structuredClone(before);
    const changeable = now as unknown as Changeable;
    change(changeable.operations['post /v1/complaints/{complaint}/thanks']!, changeable);
    return brokenIn(before, now);
  };
  it.each<[string, Change, RegExp]>([
    ['an operation that is gone', (_, promise) => (promise.operations = {}), /is gone/],
    ['another name', (thanks) => (thanks.id = 'x'), /named otherwise/],
    [
      'a parameter that is demanded',
      ({ parameters }) => (parameters['query x'] = { required: true, schema: {} }),
      /demands query x/,
    ],
    ['a parameter that is gone', (thanks) => (thanks.parameters = {}), /is gone/],
    [
      'a member of a body that is demanded',
      (_, { schemas }) => schemas.ThanksBody.required.push('x'),
      /demands a word/,
    ],
    [
      'a member of a body that is taken no longer',
      (_, { schemas }) => (schemas.ThanksBody.properties = {}),
      /why is gone/,
    ],
    [
      'a narrower member of a body',
      (_, { schemas }) => (schemas.ThanksBody.properties.why!.maxLength = 9),
      /10000 became 9/,
    ],
    [
      'a member of an answer that is gone',
      ({ answers }) => delete answers['201 application/json']!.properties['facts'],
      /facts is gone/,
    ],
    ['a refusal that it did not give', ({ problems }) => problems.push('not-ready'), /not-ready/],
  ])('%s', (_, change, told) => expect(broken(change).join('\n')).toMatch(told));

  it('nothing that is added', () =>
    expect(
      broken(({ answers, parameters, problems }) => {
        answers['201 application/json']!.properties['more'] = {};
        parameters['query x'] = { required: false, schema: {} };
        problems.splice(0, 3, 'never-heard-of');
      }),
    ).toEqual([]));
});
