import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { compensationDelivered } from './events.ts';
import { unknownPart } from '../unknown-part.ts';

export interface DeliverCompensation {
  readonly compensation: string;
  readonly proof: Personal;
}

/** Mission §4: delivered, with proof. Once per conduct; also when nobody recorded that it was accepted. */
export const deliverCompensation = (command: DeliverCompensation, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  const compensation = complaint.compensations.find(({ id }) => id === command.compensation);
  if (!compensation) return unknownPart('compensation');
  return doneInThisConduct(complaint, compensation.delivered)
    ? nothing
    : recorded(compensationDelivered({ compensation: compensation.id, proof: command.proof }));
};
