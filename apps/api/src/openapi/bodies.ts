import type { OpenApiDocument } from './open-api-types.ts';

/** Bodies are closed, for the door refuses what it does not know; answers never are. */
export const closeBodies = (document: OpenApiDocument): void => {
  const schemas = document.components['schemas'] as Record<string, Record<string, unknown>>;
  const closed = new Set<string>();
  const close = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { $ref } = value as { $ref?: unknown };
    const name = typeof $ref === 'string' ? $ref.split('/').at(-1)! : undefined;
    if (name !== undefined && !closed.has(name) && schemas[name]) {
      closed.add(name);
      const schema = schemas[name];
      if (schema['type'] === 'object') schema['additionalProperties'] ??= false;
      close(schema);
    }
    Object.values(value).forEach(close);
  };
  for (const methods of Object.values(document.paths))
    for (const operation of Object.values(methods)) close(operation.requestBody);
};
