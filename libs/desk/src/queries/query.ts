import type { TSchema } from '@sinclair/typebox';
import type { Actor } from '#fact/fact';
import type { Refusal } from '#fact/decision';
import type { Vault } from '#privacy/vault';
import type { AnswerOf } from '../answer-schemas.ts';
import type { DoorDescription } from '../roles.ts';
import type { Parameter } from './parameters.ts';

/** One definition per read: its door, its parameters, its answer and who answers it. Everything else is derived. */

/** Who reads. Every read knows it, whether it looks at it or not. */
export interface Reader {
  readonly actor: Actor;
  /** The header's Correlation-Id, else minted at the door. */
  readonly correlationId: string;
  /** BCP 47 tags, the best first; empty unless the read `varies` by them. */
  readonly languages: readonly string[];
}

export type Answered<T> =
  | {
      readonly kind: 'found';
      readonly value: T;
      /** Of the stream, when it is asked for as it is now: the ETag. */
      readonly revision?: number;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What reads of one kind are answered from. It has what opens personal texts, for that is done once for all reads. */
export interface Opening {
  readonly vault: Pick<Vault, 'open'>;
}

declare const holds: unique symbol;
/** The token under which a program provides it. */
export type Source<T extends Opening = Opening> = symbol & { readonly [holds]?: T };
export const sourceOf = <T extends Opening>(name: string): Source<T> => Symbol(name);

export type Parameters = Readonly<Record<string, Parameter<unknown>>>;

type PathNames<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathNames<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

/** What parameters say when they are read: a member is there exactly when it was given, or has a default. */
export type ValuesOf<P extends Parameters> = {
  readonly [
    Name in keyof P as P[Name] extends Parameter<infer T> ? (undefined extends T ? Name : never) : never
  ]?: P[Name] extends Parameter<infer T> ? Exclude<T, undefined> : never;
} & {
  readonly [
    Name in keyof P as P[Name] extends Parameter<infer T> ? (undefined extends T ? never : Name) : never
  ]: P[Name] extends Parameter<infer T> ? T : never;
};

/** What is asked: the names in the path, and the parameters. */
export type AskedOf<Path extends string, P extends Parameters> = {
  readonly [Name in PathNames<Path>]: string;
} & ValuesOf<P>;

interface Described extends DoorDescription {
  readonly method: 'GET';
  /** NOTE: published, in the OpenAPI document: `Reading.history`. */
  readonly operation: string;
  /** Under which the document lists it. */
  readonly tag: string;
  /** More than the summary says, for the document. */
  readonly explained?: string;
  /** What its answer is; absent: what is so. */
  readonly means?: string;
  readonly parameters: Parameters;
  /** What it refuses besides what every read does. */
  readonly refusals?: readonly string[];
  /** The answer depends on the languages that the reader prefers. */
  readonly varies?: 'Accept-Language';
}

export interface QueryDescription<Asked, Answer extends TSchema, From extends Opening> extends Described {
  /** What OpenAPI shows, and what `select` is typed by. */
  readonly answer: Answer;
  readonly from: Source<From>;
  /** Its personal texts are still sealed: they are opened once it is answered. */
  readonly select: (from: From, asked: Asked, reader: Reader) => Promise<Answered<AnswerOf<Answer>>>;
}

/** Any of them, as whoever derives something from all of them sees it. */
export interface AnyQuery extends Described {
  readonly answer: TSchema;
  readonly from: symbol;
  readonly select: (from: never, asked: never, reader: Reader) => Promise<Answered<unknown>>;
}

export const defineQuery = <
  const Path extends string,
  const P extends Parameters,
  Answer extends TSchema,
  From extends Opening,
>(
  description: Omit<QueryDescription<AskedOf<Path, P>, Answer, From>, 'method' | 'path' | 'parameters'> & {
    readonly path: Path;
    readonly parameters: P;
  },
): QueryDescription<AskedOf<Path, P>, Answer, From> & { readonly parameters: P } => ({ ...description, method: 'GET' });

/** Without parameters in the query. */
export const NO_PARAMETERS = {} as const;
