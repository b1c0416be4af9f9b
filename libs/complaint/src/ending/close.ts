import { nothing, recorded, refused } from '#fact/decision';
import { stepWithOwnOrder } from '#fact/step';
import type { FollowUp } from '#follow-up/follow-up';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from './ended.ts';
import { complaintClosed } from './events.ts';
import { missingForClosing } from './missing-for-closing.ts';

/** Closing takes nothing but itself: no reason opens a way around what it demands. */
export type Close = Readonly<Record<string, never>>;

/** The latest resolution's call as it was read. */
export interface CallRead {
  readonly id: string;
  readonly revision: number;
  readonly state: FollowUp;
}

const can = (complaint: Complaint, policy: Policy, { call }: { readonly call: FollowUp | undefined }) => {
  if (complaint.closed) return nothing;
  const end = ended(complaint);
  if (end) return end;
  const missing = missingForClosing(complaint, call, policy);
  return missing.length > 0
    ? refused('not-ready-to-close', missing.map(({ why }) => why).join(' '), { missing })
    : undefined;
};

/**
 * docs/domain.md §3: a complaint is closed when nothing that closing demands is missing; it can't be overridden. The fact keeps
 * the call that made sure, as it was read: *reached* and *exhausted* are never undone, so a stale read can only refuse
 * (docs/formats.md, Two streams, one decision).
 */
export const close = stepWithOwnOrder({
  step: 'closures',
  can,
  rule: (_command: Close, complaint: Complaint, call: CallRead | undefined, policy: Policy) => {
    const hindrance = can(complaint, policy, { call: call?.state });
    if (hindrance) return hindrance;
    if (complaint.received.origin?.migrated) return recorded(complaintClosed({}));
    const { id, revision, state } = call!;
    return recorded(
      complaintClosed({ followUp: { id, revision, standing: state.situation as 'reached' | 'exhausted' } }),
    );
  },
});
