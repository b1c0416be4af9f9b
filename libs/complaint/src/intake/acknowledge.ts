import { nothing, recorded } from '#fact/decision';
import type { VersionedPolicy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { complaintAcknowledged } from './events.ts';
import { foundTimely } from '../clocks/first-response.ts';
import { unknownCodes, wrongChannel } from '../policy-codes.ts';
import { normDue } from '../clocks/norm-due.ts';

export interface Acknowledge {
  readonly channel: string;
  /** When the customer was told. The resolution is due a while after it. */
  readonly effectiveAt: string;
}

/** Mission §3.1: acknowledged, carrying the computed deadline, unless the resolution came first. Once per conduct. */
export const acknowledge = (command: Acknowledge, complaint: Complaint, policy: VersionedPolicy) => {
  const refusal = ended(complaint) ?? unknownCodes(...wrongChannel(command.channel, policy));
  if (refusal) return refusal;
  if (doneInThisConduct(complaint, complaint.acknowledged)) return nothing;
  const awaited = !complaint.resolved && !complaint.received.origin?.migrated;
  const dues = awaited ? [normDue('resolution', command.effectiveAt, policy)] : [];
  return recorded(
    complaintAcknowledged({ channel: command.channel, dues }),
    ...foundTimely(complaint, command.effectiveAt),
  );
};
