/** The methods of an OpenAPI path. */
export type Method = 'get' | 'post' | 'put';

export interface Operation {
  description?: string;
  parameters?: Record<string, unknown>[];
  requestBody?: unknown;
  responses: Record<string, Record<string, unknown>>;
  [extension: `x-${string}`]: unknown;
}

/** An OpenAPI 3.1 document, as far as it is built here. */
export interface OpenApiDocument {
  openapi: string;
  info: unknown;
  servers: readonly unknown[];
  paths: Record<string, Partial<Record<Method, Operation>>>;
  components: Record<string, Record<string, unknown>>;
}
