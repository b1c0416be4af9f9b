import { addDuration } from '#calendar/duration';
import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import { followUpOpened } from './events.ts';
import type { FollowUp } from './follow-up.ts';

/** The system's own: a resolution asks for a call. */
export interface OpenFollowUp {
  readonly complaint: string;
  /** The resolution's fact, from which the call's id is derived. */
  readonly resolution: string;
  /** When the resolution took effect; the call is due a while after it. */
  readonly resolvedAt: string;
  /** The customer's subject. */
  readonly customer: string;
  readonly handler?: string;
}

/** docs/domain.md §7: a follow-up call is opened when a complaint is resolved, once per resolution, with its limits for ever. */
export const openFollowUp = (command: OpenFollowUp, call: FollowUp | undefined, policy: Policy) => {
  if (call) return nothing;
  const { complaint, resolution, customer, handler } = command;
  const { after, attempts, attemptGap } = policy.followUp;
  return recorded(
    followUpOpened({
      kind: 'after-resolution',
      complaint,
      resolution,
      customer,
      due: addDuration(command.resolvedAt, after),
      ...(handler !== undefined && { handler }),
      attemptLimit: attempts,
      attemptGap,
    }),
  );
};
