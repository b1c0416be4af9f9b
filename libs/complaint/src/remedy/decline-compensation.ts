import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { compensationDeclined } from './events.ts';
import { unknownPart } from '../unknown-part.ts';

export interface DeclineCompensation {
  readonly compensation: string;
  readonly reason: Personal;
}

/** Mission §4: offered → declined. Once per conduct; a customer who accepted before may change their mind. */
export const declineCompensation = (command: DeclineCompensation, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  const compensation = complaint.compensations.find(({ id }) => id === command.compensation);
  if (!compensation) return unknownPart('compensation');
  return doneInThisConduct(complaint, compensation.declined)
    ? nothing
    : recorded(compensationDeclined({ compensation: compensation.id, reason: command.reason }));
};
