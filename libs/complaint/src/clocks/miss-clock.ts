import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { missedAt } from './missed-at.ts';
import { CLOCKS, type ClockName } from './table.ts';

/** The system's own: it saw that a clock has run out. Effective at `missedAt` of the due. */
export interface MissClock {
  readonly clock: ClockName;
  /** Which clock of that name. */
  readonly due: string;
  /** The present. */
  readonly now: string;
}

/**
 * docs/domain.md §5: a missed norm is a fact written exactly once; not for migrated complaints, which have no clocks. Who
 * withdrew before it was due did not wait in vain.
 */
export const missClock = (command: MissClock, complaint: Complaint, _policy: Policy) => {
  const { onMiss } = CLOCKS.find(({ name }) => name === command.clock)!;
  const clock = complaint.clocks.find(({ clock, due }) => clock === command.clock && due === command.due);
  if (!onMiss || !clock || clock.missed !== null || command.now <= missedAt(complaint, clock.due)) return nothing;
  const { due, end } = clock;
  return end !== null && end.at <= due ? nothing : recorded(onMiss.missed({ due }));
};
