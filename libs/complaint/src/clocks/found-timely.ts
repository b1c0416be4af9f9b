import type { Complaint } from '../complaint.ts';
import type { ComplaintEvent } from '../events.ts';
import { CLOCKS, isOccasion } from './table.ts';

/**
 * What stands beside an event that took effect in time but is recorded after its clock was marked as missed
 * (docs/formats.md, Time): the mark stands, and a fact says that it was not so.
 */
export const foundTimely = (complaint: Complaint, event: ComplaintEvent, doneAt: string) =>
  CLOCKS.flatMap(({ name, metBy, onMiss }) =>
    onMiss && isOccasion(metBy, event)
      ? complaint.clocks
          .filter(
            ({ clock, due, missed, foundTimely }) => clock === name && missed !== null && !foundTimely && doneAt <= due,
          )
          .map(({ due }) => onMiss.foundTimely({ due, doneAt }))
      : [],
  );
