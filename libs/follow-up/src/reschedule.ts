import { nothing, recorded } from '#fact/decision';
import { step } from '#fact/step';
import { callEnded } from './call-ended.ts';
import { followUpRescheduled } from './events.ts';
import type { FollowUp } from './follow-up.ts';

export interface Reschedule {
  readonly due: string;
}

/** docs/domain.md §7: a call is made when it suits the customer. */
export const reschedule = step({
  step: 'follow-up-calls/reschedulings',
  can: (call: FollowUp) => callEnded(call),
  decide: ({ due }: Reschedule, call) => (call.due === due ? nothing : recorded(followUpRescheduled({ due }))),
});
