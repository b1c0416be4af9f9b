import type { TSchema } from '@sinclair/typebox';
import type { Json } from '#fact/json';

/** A copy of a value that holds only what the schema names; members that are absent stay absent. */
export const alongSchema = (schema: TSchema, value: unknown): Json => {
  if (schema.type === 'object') {
    const members = value as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(schema.properties as Record<string, TSchema>)
        .filter(([name]) => Object.hasOwn(members, name) && members[name] !== undefined)
        .map(([name, member]) => [name, alongSchema(member, members[name])]),
    );
  }
  if (schema.type === 'array') return (value as unknown[]).map((item) => alongSchema(schema.items as TSchema, item));
  return value as Json;
};
