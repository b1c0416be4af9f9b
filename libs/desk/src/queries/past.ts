import type { Fact } from '#fact/fact';
import type { Refusal } from '#fact/decision';
import { refusal } from '../answering.ts';
import { isInstant, normalInstant } from '../forms.ts';

/** As of when something is asked for; nothing said: now. */
export interface AsOf {
  /** What was known then: the facts recorded at or before (docs/formats.md, Time). */
  readonly at?: string;
  /** What the stream held up to this revision. */
  readonly revision?: number;
}

export type Answered<T> =
  | {
      readonly kind: 'found';
      readonly value: T;
      /** Of the stream, when it is asked for as it is now: the ETag. */ readonly revision?: number;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

const invalidParameter = (parameter: string, detail: string) => refusal('invalid-parameter', detail, { parameter });

/** Which facts count, or why the question makes no sense. */
export const knownAsOf = (
  { at, revision }: AsOf,
  now: string,
):
  | { readonly known: (fact: Fact) => boolean; readonly at?: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal } => {
  if (at !== undefined && revision !== undefined) return invalidParameter('at', 'Either `at` or `revision`, not both.');
  if (revision !== undefined) return { known: (fact) => fact.revision <= revision };
  if (at === undefined) return { known: () => true };
  if (!isInstant(at)) return invalidParameter('at', 'An instant in UTC such as 2026-03-01T09:00:00.000Z.');
  const instant = normalInstant(at);
  if (instant > now) return invalidParameter('at', 'The instant lies in the future.');
  return { known: (fact) => fact.recordedAt <= instant, at: instant };
};
