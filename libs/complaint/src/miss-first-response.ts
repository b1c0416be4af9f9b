import { nothing, recorded, type Decision } from '../../fact/src/decision.ts';
import type { Policy } from '../../policy/src/policy.ts';
import type { Complaint } from './complaint.ts';
import type { ComplaintEvent } from './events.ts';
import { firstResponseMissed } from './events/conversation.ts';
import { firstResponseDue } from './first-response.ts';
import { missedAt } from './missed-at.ts';
import type { RefusalCode } from './refusals.ts';

/** The system's own: it saw that the first response is late. Effective at `missedAt` of the due. */
export interface MissFirstResponse {
  /** The present. */
  readonly now: string;
}

/** Mission §5: a missed norm is a fact written exactly once; not for migrated complaints, which have no clocks. */
export const missFirstResponse = (
  command: MissFirstResponse,
  complaint: Complaint,
  _policy: Policy,
): Decision<ComplaintEvent, RefusalCode> => {
  const due = firstResponseDue(complaint);
  if (due === undefined || complaint.firstResponseMissed || command.now <= missedAt(complaint, due)) return nothing;
  const answeredInTime = complaint.firstResponse !== null && complaint.firstResponse <= due;
  return answeredInTime ? nothing : recorded(firstResponseMissed({ due }));
};
