import { dueAfterWorkingDays } from '../../../calendar/src/due.ts';
import type { Complaint } from '../../../complaint/src/complaint.ts';
import type { VersionedPolicy } from '../../../policy/src/policy.ts';

/** What stopped a clock, when it was stopped. */
const stoppedAt = (complaint: Complaint, clock: string): string | null => {
  const end = complaint.closed?.at ?? complaint.withdrawn?.at ?? null;
  switch (clock) {
    case 'first-response':
      return complaint.firstResponse ?? end;
    case 'resolution':
      return complaint.resolutions[0]?.at ?? end;
    default:
      return end;
  }
};

/**
 * The clocks that run for a complaint, each with its derivation, day by day, from the calendar that it was set by: that
 * of the policy in force at the time, whatever came later (mission §5).
 */
export const clocksOf = (complaint: Complaint, policies: ReadonlyMap<number, VersionedPolicy>) =>
  complaint.dues.map(({ clock, from, due, workingDays, calendar, calendarVersion }) => {
    const stopped = stoppedAt(complaint, clock);
    const hours = policies.get(calendarVersion)?.calendars[calendar];
    return {
      name: clock,
      from,
      due,
      stopped,
      met: stopped === null ? null : stopped <= due,
      workingDays,
      calendar,
      calendarVersion,
      derivation: hours ? dueAfterWorkingDays(from, workingDays, hours).derivation : [],
    };
  });
