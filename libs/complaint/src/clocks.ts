import { dueAfterWorkingDays, type DerivedDay } from '../../calendar/src/due.ts';
import type { Calendar } from '../../policy/src/policy.ts';
import type { Complaint } from './complaint.ts';
import type { Due } from './vocabulary.ts';

/** A time limit as it is shown: by when, whether it was met, and how it was counted (mission §5). */
export interface Clock {
  readonly name: string;
  readonly from: string;
  readonly due: string;
  readonly workingDays: number;
  readonly calendar: string;
  readonly calendarVersion: number;
  /** When that took effect which the clock waited for; null while it runs. */
  readonly stopped: string | null;
  /** Whether that was in time; null while it runs. */
  readonly met: boolean | null;
  /** Day by day; empty when the calendar's version is not at hand. */
  readonly derivation: readonly DerivedDay[];
}

/** Every clock that a complaint's facts set; no clock overwrites another. `calendarOf`: a calendar of a policy version. */
export const clocksOf = (
  complaint: Complaint,
  calendarOf: (version: number, name: string) => Calendar | undefined,
): Clock[] =>
  complaint.dues.map((due) => {
    const { clock: name, from, due: at, workingDays, calendar, calendarVersion } = due;
    const pinned = calendarOf(calendarVersion, calendar);
    const stopped = stoppedAt(complaint, due);
    return {
      name,
      from,
      due: at,
      workingDays,
      calendar,
      calendarVersion,
      stopped,
      met: stopped === null ? null : stopped <= at,
      derivation: pinned ? dueAfterWorkingDays(from, workingDays, pinned).derivation : [],
    };
  });

const stoppedAt = (complaint: Complaint, { clock, from }: Due): string | null => {
  if (clock === 'first-response') return complaint.firstResponse;
  return complaint.resolutions.find(({ at }) => at >= from)?.at ?? complaint.withdrawn?.at ?? null;
};
