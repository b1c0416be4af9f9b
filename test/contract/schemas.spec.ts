import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TSchema } from '@sinclair/typebox';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import type { JsonObject } from '#fact/json';
import { streamOf } from '#fact/stream-kind';
import { incompatibilities } from '#contract/compatibility';
import { publicTypes, publishedNouns } from '#contract/contracts';
import { PUBLISHED, SCHEMAS, generatedFiles } from '#contract/generated-files';
import { schemaOfType } from '#contract/json-schemas';
import { kafkaForm } from '#contract/cloud-event';
import { markerType } from '#contract/names';
import { publicMessageOf } from '#contract/public-message';
import type { Position, RecordedEvent } from '#ledger/stream/port';
import { MARKED, valuesOf } from './schemas-arbitrary.ts';

const everyFact = publishedNouns.flatMap(({ noun, events }) =>
  events.map((event) => ({ noun, event, title: event.type })),
);
const everySchema = publicTypes.map(({ type }) => ({ type, schema: schemaOfType(type)! }));

describe('what is generated and checked in', () => {
  it.each([...generatedFiles()].map(([path, content]) => ({ path, content })))(
    '$path is up to date (npm run generate)',
    ({ path, content }) => {
      expect(existsSync(path) ? readFileSync(path, 'utf8') : undefined).toBe(content);
    },
  );

  it('has no schema left over', () =>
    expect(readdirSync(SCHEMAS).sort()).toEqual(publicTypes.map(({ type }) => `${type}.json`).sort()));
});

describe('what was published once', () => {
  const copies = readdirSync(PUBLISHED).sort();

  it('has a copy for every type, so that nothing slips past the gate', () =>
    expect(copies).toEqual(publicTypes.map(({ type }) => `${type}.json`).sort()));

  it.each(copies)('%s only gained optional fields', (name) => {
    const published = JSON.parse(readFileSync(join(PUBLISHED, name), 'utf8')) as JsonObject;
    const now = schemaOfType(name.slice(0, -'.json'.length));
    expect(now ? incompatibilities(published, now) : ['the type is gone']).toEqual([]);
  });
});

describe('public schemas', () => {
  it.each(everyFact)('$title is told or said to be private, and no other', ({ noun, event }) => {
    const { forms } = publishedNouns.find((published) => published.noun === noun)!;
    expect(Object.hasOwn(forms, event.type)).toBe(true);
  });

  it('tell of no fact that does not exist', () => {
    for (const { events, forms } of publishedNouns)
      expect(Object.keys(forms).sort()).toEqual(events.map((event) => event.type).sort());
  });

  it.each(everySchema)('$type can hold no person and no free text', ({ schema }) =>
    expect(freeTexts(schema as TSchema)).toEqual([]),
  );

  it.each(everySchema)('$type neither closes its objects nor enumerates', ({ schema }) =>
    expect(closings(schema)).toEqual([]),
  );

  it.each(everySchema)('$type is a valid JSON Schema 2020-12', ({ schema }) =>
    expect(ajv().validateSchema(schema)).toBe(true),
  );

  it('would be caught holding a text', () => {
    const text = {
      type: 'object',
      properties: { a: { type: 'object', properties: { words: { type: 'string', maxLength: 64 } } } },
    };
    const open = { type: 'object', properties: { list: { type: 'array', items: {} } } };
    const loose = { type: 'object', properties: { name: { type: 'string', pattern: '^[A-Za-z ]+$' } } };
    const spaced = { type: 'object', properties: { name: { type: 'string', pattern: '^[a-z0-9]+( [a-z0-9]+)*$' } } };
    expect(freeTexts(text as unknown as TSchema)).toEqual(['#/a/words']);
    expect(freeTexts(open as unknown as TSchema)).toEqual(['#/list/[]']);
    expect(freeTexts(loose as unknown as TSchema)).toEqual(['#/name']);
    expect(freeTexts(spaced as unknown as TSchema)).toEqual(['#/name']);
  });
});

describe('public messages', () => {
  const compiler = ajv();
  const checks = new Map(everySchema.map(({ type, schema }) => [type, compiler.compile(schema)]));

  it.each(everyFact)(
    'of $title hold no word of a person, whatever was stored, and fit their schema',
    ({ noun, event }) => {
      fc.assert(
        fc.property(valuesOf(event.data), fc.uuid(), fc.nat(1_000_000), (data, id, revision) => {
          const fact = storedFact(event.type, streamOf(noun, id), revision, data as JsonObject);
          const message = publicMessageOf(fact, 'acme')!;
          const form = kafkaForm(message.event);
          expect(JSON.stringify([message, form])).not.toContain(MARKED);
          expect(message.key).toBe(id);
          const check = checks.get(message.event.type)!;
          expect([message.event.type, check(message.event.data), check.errors]).toEqual([
            message.event.type,
            true,
            null,
          ]);
        }),
        { numRuns: 100 },
      );
    },
  );

  it.each(everyFact)('of $title name no actor', ({ noun, event }) => {
    const [data] = fc.sample(valuesOf(event.data), 1);
    const fact = storedFact(event.type, streamOf(noun, '01890a5d-ac96-774b-bcce-b302099a8057'), 3, data as JsonObject);
    expect(JSON.stringify(publicMessageOf(fact, 'acme'))).not.toMatch(/anna|handler-7/);
  });

  it('of private facts are empty markers', () => {
    const privates = publishedNouns.flatMap(({ noun, events, forms }) =>
      events.filter(({ type }) => forms[type] === 'private').map((event) => ({ noun, event })),
    );
    expect(privates.map(({ event }) => event.type)).toEqual(['ContactGiven', 'HandlerAssigned', 'NoteRecorded']);
    for (const { noun, event } of privates) {
      const message = publicMessageOf(
        storedFact(event.type, streamOf(noun, '01890a5d-ac96-774b-bcce-b302099a8057'), 3, { handler: 'handler-7' }),
        'acme',
      )!;
      expect([message.event.type, message.event.data]).toEqual([markerType(noun), {}]);
    }
  });
});

const storedFact = (type: string, stream: string, revision: number, data: JsonObject): RecordedEvent => ({
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  type,
  stream,
  revision: BigInt(revision),
  position: 'e1.00000000000000000007' as Position,
  data,
  metadata: {
    schemaVersion: 1,
    commandId: MARKED,
    requestDigest: MARKED,
    actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
    correlationId: MARKED,
    causationId: MARKED,
    traceparent: MARKED,
    recordedAt: '2026-03-01T09:00:00.000Z',
    effectiveAt: '2026-03-01T08:00:00.000Z',
    policyVersion: 1,
    previousDigest: null,
    digest: MARKED,
  },
});

function ajv(): Ajv2020 {
  const made = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(made);
  return made;
}

/** What a published string may be: an id, an instant, a duration, a currency, a reference or a code. Spelled out again here on purpose. */
const HARMLESS = new Set([
  '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  '^P(?=.)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+S)?)?$',
  '^[A-Z]{3}$',
  '^[0-9A-HJKMNP-TV-Z]{7,}$',
  '^[a-z0-9]+(-[a-z0-9]+)*$',
]);

/** The places of a schema that could hold a sentence: strings of no known form, and schemas that allow anything. */
const freeTexts = (schema: TSchema, at = '#'): string[] => {
  switch (schema.type) {
    case 'object':
      return Object.entries((schema.properties ?? {}) as Record<string, TSchema>).flatMap(([name, member]) =>
        freeTexts(member, `${at}/${name}`),
      );
    case 'array':
      return freeTexts(schema.items as TSchema, `${at}/[]`);
    case 'integer':
    case 'boolean':
      return [];
    case 'string': {
      const harmless = HARMLESS.has(String(schema.pattern)) && !/personal/.test(JSON.stringify(schema));
      const short = Number(schema.maxLength) <= 64 || !/[+*]|,}/.test(String(schema.pattern));
      return harmless && short ? [] : [at];
    }
    default:
      return [at];
  }
};

const closings = (schema: unknown, at = '#'): string[] =>
  typeof schema !== 'object' || schema === null
    ? []
    : Object.entries(schema).flatMap(([word, value]) =>
        ['additionalProperties', 'unevaluatedProperties', 'enum', 'const', 'oneOf', 'anyOf'].includes(word)
          ? [`${at}/${word}`]
          : closings(value, `${at}/${word}`),
      );
