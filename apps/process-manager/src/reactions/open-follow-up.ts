import type { ComplaintFact } from '#complaint/events';
import { OpenFollowUp } from '#desk/system/conduct-calls';
import { callsOf, type Reaction } from './reaction.ts';

/** docs/domain.md §3, step 6. The desk has opened the call already, unless it died in between: under the same command id. */
export const openFollowUp: Reaction<Extract<ComplaintFact, { type: 'ComplaintResolved' }>> = {
  process: 'open-follow-up',
  timers: (fact, { id, migrated }) =>
    migrated ? [] : [{ key: fact.id, due: 'at-once', orderingKey: callsOf(id), told: {} }],
  send: ({ complaint, fact }, { bus }) => bus.execute(new OpenFollowUp(complaint, fact)),
};
