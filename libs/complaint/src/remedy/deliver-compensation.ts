import { recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { oncePerConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { partStep } from '../part-step.ts';
import { unknownPart } from '../unknown-part.ts';
import { compensationDelivered } from './events.ts';

export interface DeliverCompensation {
  readonly compensation: string;
  readonly proof: Personal;
}

/** docs/domain.md §4: delivered, with proof. Once per conduct; also when nobody recorded that it was accepted. */
export const deliverCompensation = partStep({
  step: 'compensations/deliveries',
  of: 'compensation',
  can: (complaint: Complaint, _policy: Policy, compensation) =>
    ended(complaint) ?? oncePerConduct(complaint, compensation?.delivered),
  decide: (command: DeliverCompensation, _complaint, _policy, compensation) =>
    compensation
      ? recorded(compensationDelivered({ compensation: compensation.id, proof: command.proof }))
      : unknownPart('compensation'),
});
