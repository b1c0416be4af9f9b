import { refused } from '#fact/decision';
import type { FollowUp } from './follow-up.ts';

const ENDS = {
  reached: 'The customer was reached on this call already.',
  exhausted: 'All attempts of this call were made.',
  superseded:
    'The complaint was reopened, so this call is not needed any more; its next resolution has a call of its own.',
} as const;

/** The refusal of what cannot go on when a call has ended; undefined while it is open. */
export const callEnded = (call: FollowUp) =>
  call.situation === 'open' ? undefined : refused('already-closed', ENDS[call.situation]);
