import { addDuration } from '#calendar/duration';
import { recorded } from '#fact/decision';
import { step } from '#fact/step';
import { callEnded } from './call-ended.ts';
import { callAttempted, customerNotReached, type CALL_RESULTS } from './events.ts';
import type { FollowUp } from './follow-up.ts';

export interface RecordAttempt {
  readonly result: (typeof CALL_RESULTS)[number];
  /** When somebody called. */
  readonly effectiveAt: string;
}

/**
 * docs/domain.md §7; docs/formats.md, Two streams, one decision. Each attempt is a new fact. *No answer* and *busy* count when they
 * lie at least the gap apart from every attempt that counts, before or after them; *call back* never counts. The last
 * one that the limit demands records in the same append that the customer was not reached.
 */
export const recordAttempt = step({
  step: 'follow-up-calls/attempts',
  can: (call: FollowUp) => callEnded(call),
  decide: ({ result, effectiveAt }: RecordAttempt, call) => {
    const earlier = call.attempts.filter(({ counted }) => counted);
    const counted = result !== 'call-back' && earlier.every(({ at }) => apart(at, effectiveAt, call.attemptGap));
    const number = earlier.length + (counted ? 1 : 0);
    const attempted = callAttempted({ result, counted, number });
    return counted && number >= call.attemptLimit
      ? recorded(attempted, customerNotReached({ attempts: number }))
      : recorded(attempted);
  },
});

const apart = (one: string, other: string, gap: string): boolean =>
  one < other ? addDuration(one, gap) <= other : addDuration(other, gap) <= one;
