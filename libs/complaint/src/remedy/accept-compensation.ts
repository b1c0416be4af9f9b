import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { compensationAccepted } from './events.ts';
import { unknownPart } from '../unknown-part.ts';

export interface AcceptCompensation {
  readonly compensation: string;
}

/** Mission §4: offered → accepted. Once per conduct; a customer who declined before may change their mind. */
export const acceptCompensation = (command: AcceptCompensation, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  const compensation = complaint.compensations.find(({ id }) => id === command.compensation);
  if (!compensation) return unknownPart('compensation');
  return doneInThisConduct(complaint, compensation.accepted)
    ? nothing
    : recorded(compensationAccepted({ compensation: compensation.id }));
};
