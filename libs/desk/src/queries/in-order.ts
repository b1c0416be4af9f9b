import type { TSchema } from '@sinclair/typebox';

/**
 * The value with its members in the order of their definition; what the definition does not name stands behind. A store
 * may keep members in an order of its own (jsonb does), and people read answers too.
 */
export const inOrder = <T>(schema: TSchema, value: T): T => {
  if (Array.isArray(value) && schema.type === 'array')
    return value.map((one: unknown) => inOrder(schema.items as TSchema, one)) as T;
  const defined = schema.properties as Readonly<Record<string, TSchema>> | undefined;
  // A personal text is an object too, and has nothing to be put in order.
  if (!defined || typeof value !== 'object' || value === null) return value;
  const members = value as Readonly<Record<string, unknown>>;
  const names = new Set(
    [...Object.keys(defined), ...Object.keys(members)].filter((name) => Object.hasOwn(members, name)),
  );
  return Object.fromEntries(
    [...names].map((name) => [name, defined[name] ? inOrder(defined[name], members[name]) : members[name]]),
  ) as T;
};
