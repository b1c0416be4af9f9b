import type { JsonObject } from '#fact/json';
import { publicTypes, type PublicType } from './contracts.ts';
import { schemaUrn } from './names.ts';

/** TypeBox keeps symbols in its schemas; as JSON they are gone. */
const plain = (schema: unknown): JsonObject => JSON.parse(JSON.stringify(schema)) as JsonObject;

/** The JSON Schema (draft 2020-12) of one public type's data, as it is served at `/schemas/{type}` and checked in. */
export const jsonSchema = ({ type, means, schema }: PublicType): JsonObject => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: schemaUrn(type),
  title: type,
  description: means,
  ...plain(schema),
});

const schemas = new Map(publicTypes.map((type) => [type.type, jsonSchema(type)]));

/** The schema of a public type; undefined when there is no such type. */
export const schemaOfType = (type: string): JsonObject | undefined => schemas.get(type);
