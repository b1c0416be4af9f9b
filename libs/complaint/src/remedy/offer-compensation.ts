import { nothing, recorded } from '#fact/decision';
import type { Money } from '#fact/vocabulary';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { partStep } from '../part-step.ts';
import { unknownCodes, wrongItem } from '../policy-codes.ts';
import { partOf } from '../sub-resources.ts';
import { unknownPart } from '../unknown-part.ts';
import { compensationOffered } from './events.ts';

export interface OfferCompensation {
  readonly compensation: string;
  readonly issue: string;
  /** An item of the policy's catalogue. */
  readonly item: string;
  readonly value?: Money;
}

/** docs/domain.md §4: something of value for time and trouble, from the catalogue. */
export const offerCompensation = partStep({
  step: 'compensations',
  of: 'issue',
  can: (complaint: Complaint) => ended(complaint),
  decide: ({ compensation, item, value }: OfferCompensation, complaint, policy: Policy, issue) => {
    const wrong = unknownCodes(...wrongItem(item, policy));
    if (wrong) return wrong;
    if (!issue) return unknownPart('issue', '#/issue');
    return partOf(complaint, 'compensation', compensation)
      ? nothing
      : recorded(compensationOffered({ compensation, issue: issue.id, item, ...(value && { value }) }));
  },
});
