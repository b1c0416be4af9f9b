import { nothing, recorded, refused } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { stepWithOwnOrder } from '#fact/step';
import type { Policy } from '#policy/policy';
import { callEnded } from './call-ended.ts';
import { customerReached } from './events.ts';
import type { FollowUp } from './follow-up.ts';

/** The customer was reached: two scores of 1–5, or a customer who would rather not score. */
export interface CustomerReachedOutcome {
  readonly reached: true;
  readonly solution?: number;
  readonly attitude?: number;
  readonly declined: boolean;
  readonly told?: Personal;
  readonly comment?: Personal;
}

export type RecordOutcome = CustomerReachedOutcome | { readonly reached: false };

/**
 * docs/domain.md §3.6 and §7: how the call ended. That the customer was not reached follows from the attempts, so saying it is
 * refused too early and nothing afterwards. A customer who calls back when the attempts are used up is heard.
 */
export const recordOutcome = stepWithOwnOrder({
  step: 'follow-up-calls/outcomes',
  can: (call: FollowUp) => callEnded(call),
  rule: (command: RecordOutcome, call: FollowUp, _policy: Policy) => {
    if (!command.reached) return notReached(call);
    if (call.situation === 'reached' && sameOutcome(command, call.outcome)) return nothing;
    const ended = call.situation === 'exhausted' ? undefined : callEnded(call);
    if (ended) return ended;
    const incomplete = missingScores(command);
    if (incomplete) return incomplete;
    const { solution, attitude, declined, told, comment } = command;
    return recorded(
      customerReached({
        ...(solution !== undefined && { solution }),
        ...(attitude !== undefined && { attitude }),
        declined,
        ...(told && { told }),
        ...(comment && { comment }),
      }),
    );
  },
});

const notReached = (call: FollowUp) => {
  if (call.situation === 'exhausted') return nothing;
  const ended = callEnded(call);
  if (ended) return ended;
  const counted = call.attempts.filter((attempt) => attempt.counted).length;
  return refused(
    'attempts-not-exhausted',
    `${counted} of ${call.attemptLimit} attempts were made; those that count lie at least ${call.attemptGap} apart.`,
    { attempts: counted, attemptLimit: call.attemptLimit, attemptGap: call.attemptGap },
  );
};

type Scores = Pick<CustomerReachedOutcome, 'solution' | 'attitude' | 'declined'>;

const sameOutcome = (one: Scores, other: Scores): boolean =>
  one.solution === other.solution && one.attitude === other.attitude && one.declined === other.declined;

/** Both scores, or none and a customer who declined them. */
const missingScores = (command: CustomerReachedOutcome) => {
  const wrong = (['solution', 'attitude'] as const)
    .filter((score) => (command[score] === undefined) !== command.declined)
    .map((score) => ({
      pointer: `#/${score}`,
      code: command.declined ? 'not-allowed' : 'required',
      detail: command.declined
        ? 'A customer who declined gave no score.'
        : 'A score of 1 to 5 is required, or `declined`.',
    }));
  return wrong.length > 0
    ? refused('invalid-body', 'An outcome has both scores, or says that the customer declined them.', { errors: wrong })
    : undefined;
};
