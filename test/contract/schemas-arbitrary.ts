import type { TSchema } from '@sinclair/typebox';
import fc from 'fast-check';
import type { Json, JsonObject } from '#fact/json';
import { subjectOf } from '#fact/vocabulary';

/** A word that stands in every place where a person's words could be. It is a code by its form, so no pattern hides it. */
export const MARKED = 'marked-word-of-a-person';

/** Values of a stored schema; what is personal is the marked word, in the open or where an envelope keeps its text. */
export const valuesOf = (schema: TSchema): fc.Arbitrary<Json> => {
  if (subjectOf(schema)) return fc.constantFrom<Json>(MARKED, { $enc: 1, key: MARKED, iv: MARKED, ct: MARKED });
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as Json[]));
  switch (schema.type) {
    case 'object':
      return objectsOf(schema);
    case 'array':
      return fc.array(valuesOf(schema.items as TSchema), {
        minLength: (schema.minItems as number | undefined) ?? 0,
        maxLength: 3,
      });
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({
        min: (schema.minimum as number | undefined) ?? 0,
        max: Math.min((schema.maximum as number | undefined) ?? 1000, 2 ** 31 - 1),
      });
    case 'string':
      return stringsOf(schema);
    default:
      throw new Error(`no values known for ${JSON.stringify(schema)}`);
  }
};

const objectsOf = (schema: TSchema): fc.Arbitrary<JsonObject> => {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, TSchema>);
  const required = (schema.required ?? []) as string[];
  const members = fc.record(Object.fromEntries(properties.map(([name, member]) => [name, valuesOf(member)])), {
    requiredKeys: required,
  });
  // A member that no schema names, as a newer or older writer might leave behind.
  return fc.tuple(members, fc.boolean()).map(([named, extra]) => ({ ...named, ...(extra && { leftBehind: MARKED }) }));
};

const stringsOf = (schema: TSchema): fc.Arbitrary<string> => {
  const pattern = String(schema.pattern ?? '');
  if (schema.format === 'uuid') return fc.uuid();
  if (schema.format === 'date-time')
    return fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (schema.format === 'date')
    return fc
      .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
  if (pattern.startsWith('^P(')) return fc.constantFrom('P3D', 'PT4H', 'P1Y2M3DT4H5M6S');
  if (pattern === '') throw new Error('a stored string without a pattern');
  return fc.stringMatching(new RegExp(pattern), { maxLength: (schema.maxLength as number | undefined) ?? 60 });
};
