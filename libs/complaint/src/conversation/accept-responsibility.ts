import { nothing, recorded, refused } from '#fact/decision';
import type { Role } from '#fact/fact';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { responsibilityAccepted } from './events.ts';
import { speaksForTheCompany } from '../vocabulary.ts';

export interface AcceptResponsibility {
  /** The role of who accepts it. */
  readonly level: Role;
  readonly words: Personal;
}

/** Mission §3.3: a manager or director accepts responsibility in the name of the company. Once per conduct. */
export const acceptResponsibility = (command: AcceptResponsibility, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  if (!speaksForTheCompany(command.level)) return refused('needs-manager');
  if (doneInThisConduct(complaint, complaint.responsibility)) return nothing;
  return recorded(responsibilityAccepted({ words: command.words }));
};
