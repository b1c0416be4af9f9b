import { ActorId, Code, Uuid } from '#fact/vocabulary';
import { instantIn, REFERENCE } from '../forms.ts';
import { readReference } from '../reference.ts';

/** Query parameters, each said once: how it is read, and how OpenAPI describes it. T has undefined when it may be absent. */
export interface Parameter<T> {
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** What it must look like, as the end of "`limit` must be …". */
  readonly mustBe: string;
  /** undefined: it does not fit. */
  readonly read: (text: string) => Exclude<T, undefined> | Unreadable | undefined;
  readonly otherwise?: Exclude<T, undefined>;
  readonly required?: boolean;
}

/** What does not fit for a reason that has a code of its own. */
export class Unreadable {
  constructor(readonly code: string) {}
}

type Maybe<T> = Parameter<T | undefined>;

/** The same parameter, which has to be given. */
export const required = <T>(form: Maybe<T>): Parameter<T> => ({ ...form, required: true });

/** How many at most; more than `max` is refused, not cut. */
export const limitTo = (max = 200, otherwise = 50): Parameter<number> => ({
  description: `How many at most: 1 to ${max}.`,
  schema: { type: 'integer', minimum: 1, maximum: max, default: otherwise },
  mustBe: `a whole number from 1 to ${max}`,
  read: (text) => (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= max ? Number(text) : undefined),
  otherwise,
});

/** An instant of RFC 3339 with its offset, as UTC milliseconds. */
export const byInstant = (description: string): Maybe<string> => ({
  description,
  schema: { type: 'string', format: 'date-time' },
  mustBe: 'an instant such as 2026-03-01T09:00:00Z',
  read: instantIn,
});

export const byCode = (description: string): Maybe<string> =>
  patterned(description, Code.pattern!, 64, 'a code: lower-case words joined by hyphens');

export const byUuid = (description: string): Maybe<string> =>
  patterned(description, Uuid.pattern!, 36, 'a lower-case UUID');

/** Who acts or conducts, by their id. */
export const byActor = (description: string): Maybe<string> => byText(description, ActorId.pattern!);

/** A number that the organisation gave: of a customer, of an order. */
export const byOwnNumber = (description: string): Maybe<string> => byText(description, REFERENCE.source);

/** Text that is looked for as it is. */
const byText = (description: string, pattern: string): Maybe<string> =>
  patterned(description, pattern, 200, 'of the form that the description says');

const patterned = (description: string, pattern: string, maxLength: number, mustBe: string): Maybe<string> => {
  const form = new RegExp(pattern, 'u');
  return {
    description,
    schema: { type: 'string', pattern, maxLength },
    mustBe,
    read: (text) => (text.length <= maxLength && form.test(text) ? text : undefined),
  };
};

/** Whether something is so. */
export const byFlag = (description: string): Maybe<boolean> => ({
  description,
  schema: { type: 'boolean' },
  mustBe: 'true or false',
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
});

/** One of these words. */
export const byChoice = <const V extends readonly string[]>(description: string, values: V): Maybe<V[number]> => ({
  description,
  schema: { type: 'string', enum: [...values] },
  mustBe: `one of ${values.join(', ')}`,
  read: (text) => (values.includes(text) ? text : undefined),
});

/** A complaint's reference as people write it. */
export const byReference = (): Maybe<string> => ({
  description: 'The complaint’s reference; case, spaces and hyphens do not matter.',
  schema: { type: 'string', maxLength: 40 },
  mustBe: 'a reference such as R7K-4M2-9',
  read: (text) => {
    const read = readReference(text);
    if (read.kind === 'mistyped') return new Unreadable('mistyped-reference');
    return read.kind === 'reference' ? read.reference : undefined;
  },
});

/** A point of a history: a revision, or an instant and what was recorded by then. */
export type Point = number | string;

const revisionIn = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

export const byRevision = (description: string): Maybe<number> => ({
  description,
  schema: { type: 'integer', minimum: 0 },
  mustBe: 'a whole number from 0 on',
  read: revisionIn,
});

export const byPoint = (description: string): Maybe<Point> => ({
  description,
  schema: {
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', format: 'date-time' },
    ],
  },
  mustBe: 'a revision, or an instant such as 2026-03-01T09:00:00Z',
  read: (text) => revisionIn(text) ?? instantIn(text),
});

const POSITION = /^[0-9a-z]{1,40}\.\d{20}$/;

/** A position as an answer gave it: `<epoch>.<20 digits>`; whether its epoch is this ledger's, the ledger says. */
export const byPosition = (description: string): Maybe<string> => ({
  description,
  schema: { type: 'string', pattern: POSITION.source },
  mustBe: 'a position as it was given',
  read: (text) => (POSITION.test(text) ? text : new Unreadable('invalid-position')),
});

/** As it was given by `next`; read it with cursor.ts. */
export const byCursor = (): Maybe<string> => ({
  description: '`next` of the page before, with the same filters.',
  schema: { type: 'string', maxLength: 2000 },
  mustBe: 'a cursor as it was given',
  read: (text) => text,
});
