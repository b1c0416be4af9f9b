import { dueAfterWorkingDays } from '#calendar/due';
import type { VersionedPolicy } from '#policy/policy';
import type { Due } from '../vocabulary.ts';

/** The time limit that a norm of the policy sets from an instant on (docs/domain.md §5), with all that it was computed from. */
export const normDue = (clock: 'first-response' | 'resolution', from: string, policy: VersionedPolicy): Due => {
  const { workingDays, calendar } = policy.norms[clock];
  const { due } = dueAfterWorkingDays(from, workingDays, policy.calendars[calendar]!);
  return { clock, from, due, workingDays, calendar, calendarVersion: policy.version };
};
