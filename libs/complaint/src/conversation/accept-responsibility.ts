import { recorded, refused } from '#fact/decision';
import type { Role } from '#fact/fact';
import type { Personal } from '#fact/personal';
import { stepWithOwnOrder } from '#fact/step';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { oncePerConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { COMPANY_ROLES, speaksForTheCompany } from '../vocabulary.ts';
import { responsibilityAccepted } from './events.ts';

export interface AcceptResponsibility {
  /** The role of who accepts it. */
  readonly level: Role;
  readonly words: Personal;
}

const can = (complaint: Complaint) => ended(complaint) ?? oncePerConduct(complaint, complaint.responsibility);

/** docs/domain.md §3.3: a manager or director accepts responsibility in the name of the company. Once per conduct. */
export const acceptResponsibility = stepWithOwnOrder({
  step: 'responsibility',
  roles: COMPANY_ROLES,
  can,
  rule: (command: AcceptResponsibility, complaint: Complaint, _policy: Policy) =>
    ended(complaint) ??
    (speaksForTheCompany(command.level) ? undefined : refused('needs-manager')) ??
    can(complaint) ??
    recorded(responsibilityAccepted({ words: command.words })),
});
