import type { Calendar } from '#calendar/calendar';
import { dueAfterWorkingDays, type DerivedDay } from '#calendar/due';
import type { Complaint } from '../complaint.ts';
import { situationOf, type Situation } from './state.ts';

/** A time limit as it is shown: by when, whether it was met, and how it was counted (docs/domain.md §5). */
export interface ShownClock {
  readonly name: string;
  readonly from: string;
  readonly due: string;
  readonly workingDays: number;
  readonly calendar: string;
  readonly calendarVersion: number;
  /** When that took effect which the clock waited for, or the customer withdrew; null while it runs. */
  readonly stopped: string | null;
  /** Whether that was in time; null while it runs. */
  readonly met: boolean | null;
  /** Day by day; empty when the calendar's version is not at hand. */
  readonly derivation: readonly DerivedDay[];
}

/** `met` of a clock that has stopped. */
const MET: Readonly<Record<Situation, boolean | null>> = {
  running: null,
  met: true,
  missed: false,
  cancelled: true,
};

/** Every clock that a complaint's facts set; no clock overwrites another. `calendarOf`: a calendar of a policy version. */
export const clocksOf = (
  complaint: Complaint,
  calendarOf: (version: number, name: string) => Calendar | undefined,
): ShownClock[] =>
  complaint.clocks.map((clock) => {
    const { clock: name, from, due: at, workingDays, calendar, calendarVersion, end } = clock;
    const pinned = calendarOf(calendarVersion, calendar);
    return {
      name,
      from,
      due: at,
      workingDays,
      calendar,
      calendarVersion,
      stopped: end && end.at,
      met: end && MET[situationOf(clock)],
      derivation: pinned ? dueAfterWorkingDays(from, workingDays, pinned).derivation : [],
    };
  });
