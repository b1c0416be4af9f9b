import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { contactGiven } from './events.ts';

export interface GiveContact {
  readonly name?: Personal;
  readonly phone?: Personal;
  readonly email?: Personal;
}

/** Mission §2: a contact may come later, also after the end. What it says is nobody's to compare, so each is a new fact. */
export const giveContact = (command: GiveContact, _complaint: Complaint, _policy: Policy) => {
  const { name, phone, email } = command;
  if (!name && !phone && !email) return nothing;
  return recorded(contactGiven({ ...(name && { name }), ...(phone && { phone }), ...(email && { email }) }));
};
