import { Ajv2020 } from 'ajv/dist/2020.js';
import { tinyApi, type Tiny } from '#test/support/tiny-api';
import { PROBLEMS } from '../problem-table.ts';
import type { OpenApiDocument, Operation } from './open-api-types.ts';
import { toJsonSchema2020 } from './to-json-schema-2020.ts';

describe('schemas of OpenAPI 3.0, said honestly in 3.1', () => {
  it.each([
    [{ type: 'string', nullable: true }, { type: ['string', 'null'] }],
    [
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      { $ref: '#/x', nullable: true, description: 'x' },
      { anyOf: [{ $ref: '#/x' }, { type: 'null' }], description: 'x' },
    ],
    [{ type: 'string', nullable: false }, { type: 'string' }],
    [
      { type: 'integer', minimum: 0, exclusiveMinimum: true },
      { type: 'integer', exclusiveMinimum: 0 },
    ],
    [
      { type: 'integer', maximum: 9, exclusiveMaximum: false },
      { type: 'integer', maximum: 9 },
    ],
    [
      { type: 'integer', exclusiveMinimum: 3 },
      { type: 'integer', exclusiveMinimum: 3 },
    ],
    [
      { type: 'string', example: 'x' },
      { type: 'string', examples: ['x'] },
    ],
    [{ $id: 'urn:x', type: 'object' }, { type: 'object' }],
    [
      { properties: { a: { type: 'array', items: { type: 'string', nullable: true } } } },
      { properties: { a: { type: 'array', items: { type: ['string', 'null'] } } } },
    ],
    [{ const: { nullable: true } }, { const: { nullable: true } }],
  ])('%j', (said, meant) => expect(toJsonSchema2020(said)).toEqual(meant));
});

describe('the OpenAPI document', () => {
  let tiny: Tiny;
  let document: OpenApiDocument;
  beforeAll(async () => {
    tiny = await tinyApi();
    document = (await tiny.app.inject('/openapi.json')).json();
  });
  afterAll(() => tiny.app.close());
  const operations = (): [string, Operation][] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
    );
  const codesOf = (operation: Operation | undefined): string[] =>
    Object.values(operation!.responses).flatMap((response) => {
      const { $ref } = response as { $ref?: string };
      const shared = $ref && (document.components['responses']![$ref.split('/').at(-1)!] as { description: string });
      return shared ? [...shared.description.matchAll(/`([a-z-]+)`:/g)].map(([, code]) => code!) : [];
    });

  it('says 3.1 and holds schemas of JSON Schema 2020-12', () => {
    expect(document.openapi).toBe('3.1.0');
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const [name, schema] of Object.entries(document.components['schemas']!))
      expect([name, ajv.validateSchema(schema as object)]).toEqual([name, true]);
    expect(JSON.stringify(document)).not.toContain('"nullable"');
  });

  it('describes every problem of a door with its status, and every door with those that all can give', () => {
    for (const [name, operation] of operations()) {
      const codes = codesOf(operation);
      expect({ name, codes }).toEqual({
        name,
        codes: expect.arrayContaining(['wrong-host', 'foreign-origin', 'internal-error', 'malformed-request']),
      });
      for (const code of codes)
        expect(Object.keys(operation.responses)).toContain(String(PROBLEMS[code as keyof typeof PROBLEMS].status));
    }
    expect(codesOf(document.paths['/v1/tiny']!.post)).toEqual(
      expect.arrayContaining(['malformed-json', 'invalid-body', 'revision-mismatch', 'body-too-large']),
    );
    // What only rules refuse, a door says for itself.
    expect(codesOf(document.paths['/v1/tiny']!.post)).not.toContain('already-closed');
    expect(codesOf(document.paths['/v1/events']!.get)).toEqual(
      expect.arrayContaining(['other-ledger', 'invalid-position', 'not-found']),
    );
    expect(codesOf(document.paths['/health/ready']!.get)).toContain('not-ready');
    expect(codesOf(document.paths['/v1/tiny']!.get)).not.toContain('revision-mismatch');
  });

  it('closes the bodies, which refuse what they do not know, and no answer', () => {
    const schemas = document.components['schemas'] as Record<string, { additionalProperties?: unknown }>;
    expect(schemas['TinyBody']!.additionalProperties).toBe(false);
    expect(schemas['TinyIssue']!.additionalProperties).toBe(false);
    expect(schemas['Problem']!.additionalProperties).toBeUndefined();
  });

  it('names the headers that a command takes and gives', () => {
    const { parameters, responses } = document.paths['/v1/tiny']!.post!;
    expect(parameters!.map(({ name }) => name)).toEqual([
      'Redress-Actor',
      'Idempotency-Key',
      'If-Match',
      'Correlation-Id',
      'traceparent',
    ]);
    expect(Object.keys(responses['201']!['headers'] as object)).toEqual(['Correlation-Id', 'ETag', 'Location']);
  });

  it('writes each response once', () => {
    const texts = Object.values(document.components['responses']!).map((response) => JSON.stringify(response));
    expect(new Set(texts).size).toBe(texts.length);
  });
});
