import type { Static, TObject } from '@sinclair/typebox';
import type { Event } from '#fact/define-event';
import type { JsonObject } from '#fact/json';
import { alongSchema } from './along-schema.ts';

/** How one private fact is told outside: under its own type, with what its public schema names. */
export interface PublicForm<Data> {
  readonly kind: 'told';
  /** One line for consumers. */
  readonly means: string;
  readonly schema: TObject;
  readonly tell: (data: Data) => JsonObject;
}

/**
 * The public form of every fact of a noun; `'private'` is said aloud and published as a marker.
 * A fact without a line here does not compile.
 */
export type Contract<E extends Event> = {
  readonly [Type in E['type']]: PublicForm<Extract<E, { type: Type }>['data']> | 'private';
};

/** Told as it is, narrowed to what the public schema names: nothing that the schema does not name can pass. */
export function told<Schema extends TObject, Data extends Static<Schema>>(
  means: string,
  schema: Schema,
): PublicForm<Data>;
/** Told otherwise than it is stored; what `tell` answers is narrowed in the same way. */
export function told<Schema extends TObject, Data>(
  means: string,
  schema: Schema,
  tell: (data: Data) => Static<Schema>,
): PublicForm<Data>;
export function told<Schema extends TObject, Data>(
  means: string,
  schema: Schema,
  tell: (data: Data) => unknown = (data) => data,
): PublicForm<Data> {
  return { kind: 'told', means, schema, tell: (data) => alongSchema(schema, tell(data)) as JsonObject };
}
