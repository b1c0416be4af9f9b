import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { step } from '#fact/step';
import type { Complaint } from '../complaint.ts';
import { contactGiven } from './events.ts';

export interface GiveContact {
  readonly name?: Personal;
  readonly phone?: Personal;
  readonly email?: Personal;
}

/** docs/domain.md §2: a contact may come later, also after the end. What it says is nobody's to compare, so each is a new fact. */
export const giveContact = step({
  step: 'contacts',
  can: (_complaint: Complaint) => undefined,
  decide: ({ name, phone, email }: GiveContact) =>
    !name && !phone && !email
      ? nothing
      : recorded(contactGiven({ ...(name && { name }), ...(phone && { phone }), ...(email && { email }) })),
});
