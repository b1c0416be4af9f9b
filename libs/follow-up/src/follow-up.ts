import type { Static } from '@sinclair/typebox';
import type { Personal } from '#fact/personal';
import { idOf, streamKind } from '#fact/stream-kind';
import { followUpEvents, type callAttempted, type FollowUpFact, type followUpOpened } from './events.ts';
import { FOLLOW_UP_REFUSALS } from './refusals.ts';

/** When something became so on a call, by whom, and the fact that says it. */
export interface CallMark {
  readonly at: string;
  readonly by: string;
  readonly fact: string;
}

export type Attempt = CallMark & Static<typeof callAttempted.data>;

/** What is so of every call, whatever became of it. `due`: when it is to be made. */
export interface Call extends Static<typeof followUpOpened.data> {
  readonly id: string;
  readonly opened: CallMark;
  readonly attempts: readonly Attempt[];
  /** All attempts were made in vain. It stays so, also when the customer is reached after all. */
  readonly notReached: CallMark | null;
}

export type Outcome = CallMark & {
  readonly solution?: number;
  readonly attitude?: number;
  readonly declined: boolean;
  readonly told?: Personal;
  readonly comment?: Personal;
};

/**
 * A follow-up call (docs/domain.md §7). *Reached* and *exhausted* are never undone (docs/formats.md, Two streams, one decision): of
 * these two only *exhausted* can still become *reached*, when the customer calls back.
 */
export type FollowUp =
  | (Call & { readonly situation: 'open' })
  | (Call & { readonly situation: 'reached'; readonly outcome: Outcome })
  | (Call & { readonly situation: 'exhausted' })
  | (Call & { readonly situation: 'superseded'; readonly superseded: CallMark & { readonly reopening: string } });

const markOf = (fact: FollowUpFact): CallMark => ({ at: fact.effectiveAt, by: fact.actor.id, fact: fact.id });

/** Records and never refuses: history already happened. */
export const evolve = (before: FollowUp | undefined, fact: FollowUpFact): FollowUp => {
  const mark = markOf(fact);
  if (before === undefined) {
    if (fact.type !== 'FollowUpOpened') throw new Error(`a call begins with its opening, not with ${fact.type}`);
    return {
      situation: 'open',
      id: idOf(fact),
      ...fact.data,
      opened: mark,
      attempts: [],
      notReached: null,
    };
  }
  switch (fact.type) {
    case 'FollowUpOpened':
      return before; // one opening opens a stream; the ledger's expected revision keeps it so
    case 'CallAttempted':
      return { ...before, attempts: [...before.attempts, { ...mark, ...fact.data }] };
    case 'CustomerReached':
      return { ...before, situation: 'reached', outcome: { ...mark, ...fact.data } };
    case 'CustomerNotReached':
      return before.situation === 'reached'
        ? { ...before, notReached: mark }
        : { ...before, situation: 'exhausted', notReached: mark };
    case 'FollowUpRescheduled':
      return { ...before, due: fact.data.due };
    case 'FollowUpSuperseded':
      return before.situation === 'open'
        ? { ...before, situation: 'superseded', superseded: { ...mark, reopening: fact.data.by } }
        : before;
  }
};

export const followUpStreams = streamKind({
  noun: 'follow-up',
  topic: 'redress.follow-ups.v1',
  events: followUpEvents,
  refusals: FOLLOW_UP_REFUSALS,
  evolve,
  subjects: ({ customer }) => ({ complainant: customer }),
});
