import { complaintStreams } from '#complaint/complaint-streams';
import type { EventOf } from '#fact/define-event';
import { followUpStreams } from '#follow-up/follow-up';
import { policyStreams } from '#policy/policies';
import { recurrenceStreams } from '#recurrence/recurrence';

/**
 * Every noun that has streams, in the order of documents and topics. A new one is its room and its line here; what knows
 * all nouns (stream names, refusals, what is published, pages of facts, samples of history) is derived from this list.
 */
export const nouns = [complaintStreams, followUpStreams, recurrenceStreams, policyStreams] as const;

export type NounKind = (typeof nouns)[number];
export type Noun = NounKind['noun'];
/** The nouns whose facts are published. */
export type PublicNoun = Extract<NounKind, { readonly topic: string }>['noun'];
/** What a stream of the noun can hold. */
export type EventOfNoun<N extends Noun> = EventOf<Extract<NounKind, { readonly noun: N }>['events'][number]>;

export const isPublished = (kind: NounKind): kind is Extract<NounKind, { readonly topic: string }> =>
  kind.topic !== null;
