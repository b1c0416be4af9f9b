import { recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { oncePerConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { partStep } from '../part-step.ts';
import { unknownPart } from '../unknown-part.ts';
import { compensationDeclined } from './events.ts';

export interface DeclineCompensation {
  readonly compensation: string;
  readonly reason: Personal;
}

/** docs/domain.md §4: offered → declined. Once per conduct; a customer who accepted before may change their mind. */
export const declineCompensation = partStep({
  step: 'compensations/declines',
  of: 'compensation',
  can: (complaint: Complaint, _policy: Policy, compensation) =>
    ended(complaint) ?? oncePerConduct(complaint, compensation?.declined),
  decide: (command: DeclineCompensation, _complaint, _policy, compensation) =>
    compensation
      ? recorded(compensationDeclined({ compensation: compensation.id, reason: command.reason }))
      : unknownPart('compensation'),
});
