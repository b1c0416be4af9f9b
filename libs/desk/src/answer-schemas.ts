import { Type, type Static, type TObject, type TProperties, type TSchema } from '@sinclair/typebox';
import type { Personal } from '#fact/personal';
import { Instant } from '#fact/vocabulary';

/**
 * The words of answers' schemas: what OpenAPI shows, and what the code that builds an answer is typed by. Every journey is
 * held to them. Objects are open and lists of codes too: consumers ignore what they don't know. NOTE: published; members
 * are only added.
 */

/** An answer of a schema, as the code that builds it sees it. */
export type AnswerOf<S extends TSchema> = Frozen<Static<S>>;

type Frozen<T> = T extends Personal | AsyncIterable<unknown>
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [Member in keyof T]: Frozen<T[Member]> }
      : T;

export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
export const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);
export const code = Type.String();
export const count = Type.Integer({ minimum: 0 });
export const actor = Type.String({ description: 'Who: an actor’s id.' });

/** Marks what holds personal texts. A symbol: it is for the door that opens them, not for the document. */
const PERSONAL = Symbol('holds personal texts');

/**
 * A personal text, or what is left of it after the person was erased. Its type is opaque: the code that builds an answer
 * has it sealed, and whoever asks gets it opened.
 */
export const Told = Type.Unsafe<Personal>({
  ...Type.Union([Type.String(), Type.Object({ erased: Type.Boolean() })], {
    description: 'A text; `{ "erased": true }` after the person was erased.',
  }),
  [PERSONAL]: true,
});

/** An object of any members, personal texts among them. */
export const ToldObject = Type.Unsafe<object>({ ...Type.Object({}), [PERSONAL]: true });

/** True when an answer of this schema can hold personal texts, so that they have to be opened. */
export const holdsPersonal = (schema: unknown): boolean =>
  typeof schema === 'object' &&
  schema !== null &&
  (PERSONAL in schema || Object.values(schema).some((part) => holdsPersonal(part)));

const mark = { at: Instant, by: actor };
export const Mark = Type.Object(mark, { description: 'When it became so, and by whom.' });
export const marked = <const Members extends TProperties>(members: Members): TObject<typeof mark & Members> =>
  Type.Object({ ...mark, ...members });
