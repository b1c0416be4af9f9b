import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { firstResponseMissed } from './events.ts';
import { firstResponseDue } from './first-response.ts';
import { missedAt } from './missed-at.ts';

/** The system's own: it saw that the first response is late. Effective at `missedAt` of the due. */
export interface MissFirstResponse {
  /** The present. */
  readonly now: string;
}

/**
 * docs/domain.md §5: a missed norm is a fact written exactly once; not for migrated complaints, which have no clocks. Who
 * withdrew before it was due did not wait in vain.
 */
export const missFirstResponse = (command: MissFirstResponse, complaint: Complaint, _policy: Policy) => {
  const clock = firstResponseDue(complaint);
  if (!clock || complaint.firstResponseMissed || command.now <= missedAt(complaint, clock.due)) return nothing;
  const { due, stopped } = clock;
  return stopped !== null && stopped <= due ? nothing : recorded(firstResponseMissed({ due }));
};
