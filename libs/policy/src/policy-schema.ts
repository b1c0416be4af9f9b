import type { JsonObject } from '#fact/json';
import { Policy } from './policy.ts';

/** The JSON Schema of a policy document, as editors and other tools read it; checked in beside this room as `policy.schema.json`. */
export const policyJsonSchema = (): JsonObject => {
  const { $id, ...schema } = JSON.parse(JSON.stringify(Policy)) as JsonObject;
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: $id!, ...schema };
};
