import type { ComplaintFact } from '#complaint/events';
import { SupersedeFollowUp } from '#desk/system/conduct-calls';
import { callsOf, type Reaction } from './reaction.ts';

/** A reopening supersedes the call that is open. The desk has done it already, unless it died in between. */
export const supersedeFollowUp: Reaction<Extract<ComplaintFact, { type: 'ComplaintReopened' }>> = {
  process: 'supersede-follow-up',
  timers: (fact, { id }) => [{ key: fact.id, due: 'at-once', orderingKey: callsOf(id), told: {} }],
  send: ({ complaint, fact }, { bus }) => bus.execute(new SupersedeFollowUp(complaint, fact)),
};
