import type { ComplaintFact, ComplaintFactOf } from '../events.ts';
import type { ChapterFold } from '../fold.ts';
import { markOf, type Mark } from '../mark.ts';
import type { Due } from '../vocabulary.ts';

/** A time limit, and when that took effect which it waited for, or the customer withdrew; null while it runs. */
export type RunningDue = Due & { readonly stopped: string | null };

/** The time limits that the facts set. */
export interface ClocksState {
  readonly dues: readonly RunningDue[];
  readonly firstResponseMissed: Mark | null;
  readonly firstResponseFoundTimely: Mark | null;
}

/** A clock that a fact has just set. */
const startedDue = (due: Due): RunningDue => ({ ...due, stopped: null });

export const clocksAt = ({ data }: ComplaintFactOf<'ComplaintReceived'>): ClocksState => ({
  dues: data.dues.map(startedDue),
  firstResponseMissed: null,
  firstResponseFoundTimely: null,
});

export const clocksFold: ChapterFold<'clocks', ClocksState> = {
  FirstResponseMissed: (_, fact) => ({ firstResponseMissed: markOf(fact) }),
  FirstResponseFoundTimely: (_, fact) => ({ firstResponseFoundTimely: markOf(fact) }),
};

/**
 * An acknowledgement, thanks or an outgoing message at this time: the earliest one is the first response, in whatever
 * order they are recorded.
 */
const responded = (dues: readonly RunningDue[], at: string): readonly RunningDue[] =>
  dues.map((due) =>
    due.clock === 'first-response' && (due.stopped === null || at < due.stopped) ? { ...due, stopped: at } : due,
  );

/** What stops clocks for good: no reopening sets them going again, as each conduct has clocks of its own. */
const stopped = (dues: readonly RunningDue[], at: string, only?: 'resolution'): readonly RunningDue[] =>
  dues.map((due) =>
    due.stopped === null && (only === undefined || due.clock === only) ? { ...due, stopped: at } : due,
  );

/** What a fact of any chapter does to the clocks. */
export const duesAfter = (dues: readonly RunningDue[], fact: ComplaintFact): readonly RunningDue[] => {
  switch (fact.type) {
    case 'ComplaintAcknowledged':
      return [...responded(dues, fact.effectiveAt), ...fact.data.dues.map(startedDue)];
    case 'CustomerThanked':
      return responded(dues, fact.effectiveAt);
    case 'MessageRecorded':
      return fact.data.direction === 'out' ? responded(dues, fact.effectiveAt) : dues;
    case 'ComplaintResolved':
      return stopped(dues, fact.effectiveAt, 'resolution');
    case 'ComplaintWithdrawn':
      return stopped(dues, fact.effectiveAt);
    default:
      return dues;
  }
};
