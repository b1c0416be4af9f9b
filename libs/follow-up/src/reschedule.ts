import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import { callEnded } from './call-ended.ts';
import { followUpRescheduled } from './events.ts';
import type { FollowUp } from './follow-up.ts';

export interface Reschedule {
  readonly due: string;
}

/** Mission §7: a call is made when it suits the customer. */
export const reschedule = (command: Reschedule, call: FollowUp, _policy: Policy) =>
  callEnded(call) ?? (call.due === command.due ? nothing : recorded(followUpRescheduled({ due: command.due })));
