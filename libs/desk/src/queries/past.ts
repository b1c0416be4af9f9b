import type { Fact } from '#fact/fact';
import type { Refusal } from '#fact/decision';
import { refusal } from '../answering.ts';

/** As of when something is asked for; nothing said: now. */
export interface AsOf {
  /** What was known then: the facts recorded at or before (docs/formats.md, Time). As facts store instants. */
  readonly at?: string;
  /** What the stream held up to this revision. */
  readonly revision?: number;
}

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
  if (at > now) return invalidParameter('at', 'The instant lies in the future.');
  return { known: (fact) => fact.recordedAt <= at, at };
};
