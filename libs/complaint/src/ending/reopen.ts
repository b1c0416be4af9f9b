import { addDuration } from '#calendar/duration';
import { nothing, recorded, refused } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { stepWithOwnOrder } from '#fact/step';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { complaintReopened } from './events.ts';

export interface Reopen {
  readonly reason: Personal;
  /** When the complaint was reopened; the window goes by it. */
  readonly effectiveAt: string;
}

const can = (complaint: Complaint, policy: Policy, { now }: { readonly now: string }) => {
  const from = endOf(complaint);
  if (!from) return nothing;
  if (now < from.at) return beforeItsEnd;
  if (now <= addDuration(from.at, policy.reopeningWindow)) return undefined;
  return refused('reopening-window-passed', 'Too late to reopen; receive a new complaint that `follows` this one.', {
    follows: complaint.id,
  });
};

/**
 * docs/domain.md §3: reopening inside the window, which runs from the latest resolution (of a withdrawal: from the withdrawal),
 * whatever happened since. While the conduct still runs towards its resolution there is nothing to reopen, and nothing
 * is recorded.
 */
export const reopen = stepWithOwnOrder({
  step: 'reopenings',
  can,
  rule: ({ reason, effectiveAt }: Reopen, complaint: Complaint, policy: Policy) =>
    can(complaint, policy, { now: effectiveAt }) ?? recorded(complaintReopened({ reason })),
});

/** The last instant of the reopening window; undefined while there is nothing to reopen. */
export const reopenableUntil = (complaint: Complaint, policy: Policy): string | undefined => {
  const from = endOf(complaint);
  return from && addDuration(from.at, policy.reopeningWindow);
};

/** What a reopening takes back. */
const endOf = (complaint: Complaint) => complaint.withdrawn ?? complaint.resolved ?? undefined;

const beforeItsEnd = refused('invalid-body', 'A reopening does not lie before what it reopens.', {
  errors: [{ pointer: '#/effectiveAt', code: 'out-of-range', detail: 'It lies before the resolution or withdrawal.' }],
});
