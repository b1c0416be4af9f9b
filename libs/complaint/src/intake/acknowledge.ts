import { recorded } from '#fact/decision';
import { stepWithOwnOrder } from '#fact/step';
import type { VersionedPolicy } from '#policy/policy';
import { duesSetBy } from '../clocks/dues-set-by.ts';
import { foundTimely } from '../clocks/found-timely.ts';
import type { Complaint } from '../complaint.ts';
import { oncePerConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { unknownCodes, wrongChannel } from '../policy-codes.ts';
import { complaintAcknowledged } from './events.ts';

export interface Acknowledge {
  readonly channel: string;
  /** When the customer was told. The resolution is due a while after it. */
  readonly effectiveAt: string;
}

const can = (complaint: Complaint) => ended(complaint) ?? oncePerConduct(complaint, complaint.acknowledged);

/** docs/domain.md §3.1: acknowledged, carrying the computed deadline, unless the resolution came first. Once per conduct. */
export const acknowledge = stepWithOwnOrder({
  step: 'acknowledgements',
  can,
  rule: (command: Acknowledge, complaint: Complaint, policy: VersionedPolicy) => {
    const refusal = ended(complaint) ?? unknownCodes(...wrongChannel(command.channel, policy));
    if (refusal) return refusal;
    const done = can(complaint);
    if (done) return done;
    const awaited = !complaint.resolved && !complaint.received.origin?.migrated;
    const dues = awaited ? duesSetBy(complaintAcknowledged.type, command.effectiveAt, policy) : [];
    const acknowledged = complaintAcknowledged({ channel: command.channel, dues });
    return recorded(acknowledged, ...foundTimely(complaint, acknowledged, command.effectiveAt));
  },
});
