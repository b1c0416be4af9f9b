import { nothing, recorded } from '#fact/decision';
import type { Money } from '#fact/vocabulary';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { compensationOffered } from './events.ts';
import { unknownCodes, wrongItem } from '../policy-codes.ts';
import { unknownPart } from '../unknown-part.ts';

export interface OfferCompensation {
  readonly compensation: string;
  readonly issue: string;
  /** An item of the policy's catalogue. */
  readonly item: string;
  readonly value?: Money;
}

/** Mission §4: something of value for time and trouble, from the catalogue. */
export const offerCompensation = (command: OfferCompensation, complaint: Complaint, policy: Policy) => {
  const refusal = ended(complaint) ?? unknownCodes(...wrongItem(command.item, policy));
  if (refusal) return refusal;
  if (!complaint.issues.some(({ id }) => id === command.issue)) return unknownPart('issue', '#/issue');
  if (complaint.compensations.some(({ id }) => id === command.compensation)) return nothing;
  const { compensation, issue, item, value } = command;
  return recorded(compensationOffered({ compensation, issue, item, ...(value && { value }) }));
};
