import { recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { oncePerConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { partStep } from '../part-step.ts';
import { unknownPart } from '../unknown-part.ts';
import { compensationAccepted } from './events.ts';

export interface AcceptCompensation {
  readonly compensation: string;
}

/** docs/domain.md §4: offered → accepted. Once per conduct; a customer who declined before may change their mind. */
export const acceptCompensation = partStep({
  step: 'compensations/acceptances',
  of: 'compensation',
  can: (complaint: Complaint, _policy: Policy, compensation) =>
    ended(complaint) ?? oncePerConduct(complaint, compensation?.accepted),
  decide: (_command: AcceptCompensation, _complaint, _policy, compensation) =>
    compensation ? recorded(compensationAccepted({ compensation: compensation.id })) : unknownPart('compensation'),
});
