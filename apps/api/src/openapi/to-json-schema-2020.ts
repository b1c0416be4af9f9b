import type { Json, JsonObject } from '#fact/json';

/**
 * Schemas as JSON Schema 2020-12 means them, which OpenAPI 3.1 demands: what the generator still says in the words of 3.0
 * (`nullable`, a single `example`, boolean `exclusiveMinimum`) is said anew, and ids that would let one schema answer for
 * another are dropped.
 */
export const toJsonSchema2020 = (value: Json): Json => {
  if (Array.isArray(value)) return value.map((item: Json) => toJsonSchema2020(item));
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, isVerbatim(key) ? member : toJsonSchema2020(member)]),
  );
  return looksLikeSchema(given) ? schemaOf(given) : given;
};

/** Values, not schemas: what stands in them is theirs. */
const isVerbatim = (key: string): boolean => ['const', 'default', 'enum', 'example', 'examples'].includes(key);

const looksLikeSchema = (value: JsonObject): boolean =>
  'nullable' in value ||
  'exclusiveMinimum' in value ||
  'exclusiveMaximum' in value ||
  ('example' in value && !('in' in value)) ||
  typeof value['$id'] === 'string';

const schemaOf = ({ nullable, example, $id, exclusiveMinimum, exclusiveMaximum, ...rest }: JsonObject): JsonObject => {
  const schema: Record<string, Json> = { ...rest };
  if ($id !== undefined && typeof $id !== 'string') schema['$id'] = $id;
  if (example !== undefined && schema['examples'] === undefined) schema['examples'] = [example];
  bound(schema, 'minimum', 'exclusiveMinimum', exclusiveMinimum);
  bound(schema, 'maximum', 'exclusiveMaximum', exclusiveMaximum);
  return nullable === true ? orNull(schema) : schema;
};

const bound = (schema: Record<string, Json>, plain: string, exclusive: string, said: Json | undefined): void => {
  if (typeof said === 'number') schema[exclusive] = said;
  else if (said === true) {
    schema[exclusive] = schema[plain]!;
    delete schema[plain];
  }
};

const orNull = (schema: Record<string, Json>): JsonObject => {
  if (Array.isArray(schema['enum'])) schema['enum'] = [...(schema['enum'] as Json[]), null];
  if (typeof schema['type'] === 'string') return { ...schema, type: [schema['type'], 'null'] };
  const { description, ...rest } = schema;
  return { anyOf: [rest, { type: 'null' }], ...(description !== undefined && { description }) };
};
