import type { Complaint } from '../complaint.ts';
import { firstResponseFoundTimely } from './events.ts';
import type { RunningDue } from './state.ts';

/** By when the customer should have heard from us; undefined for migrated complaints, whose clocks nobody watches. */
export const firstResponseDue = (complaint: Complaint): RunningDue | undefined =>
  complaint.dues.find(({ clock }) => clock === 'first-response');

/**
 * What a response adds that took effect in time but is recorded after the norm was marked as missed (docs/formats.md, Time):
 * the mark stands, and a fact beside it says that it was not so.
 */
export const foundTimely = (
  complaint: Complaint,
  respondedAt: string,
): ReturnType<typeof firstResponseFoundTimely>[] => {
  const due = firstResponseDue(complaint)?.due;
  return complaint.firstResponseMissed && !complaint.firstResponseFoundTimely && due !== undefined && respondedAt <= due
    ? [firstResponseFoundTimely({ due, respondedAt })]
    : [];
};
