import { idOf, streamKind } from '#fact/stream-kind';
import { recurrenceEvents, type RecurrenceFact } from './events.ts';
import type { Group } from './group.ts';

/** What is so about one group of the same things going wrong. */
export interface Recurrence {
  readonly id: string;
  readonly group: Group;
  /** Noticed and not subsided since: nothing more is noticed until it is below the threshold again. */
  readonly noticed: boolean;
  /** How many of the group's facts the last stored evaluation had seen. */
  readonly through: number;
  readonly count: number;
  /** When it was noticed or subsided, and the fact that says it. */
  readonly since: { readonly at: string; readonly fact: string };
}

/** Records and never refuses: history already happened. */
export const evolve = (_before: Recurrence | undefined, fact: RecurrenceFact): Recurrence => {
  const { group, through, count } = fact.data;
  const id = idOf(fact);
  const since = { at: fact.effectiveAt, fact: fact.id };
  switch (fact.type) {
    case 'RecurrenceNoticed':
      return { id, group, noticed: true, through, count, since };
    case 'RecurrenceSubsided':
      return { id, group, noticed: false, through, count, since };
  }
};

export const recurrenceStreams = streamKind({
  noun: 'recurrence',
  topic: 'redress.improvements.v1',
  events: recurrenceEvents,
  refusals: {},
  evolve,
  subjects: () => ({}),
});
