import { recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { step } from '#fact/step';
import { foundTimely } from '../clocks/found-timely.ts';
import type { Complaint } from '../complaint.ts';
import { oncePerConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { customerThanked } from './events.ts';

export interface Thank {
  readonly why: Personal;
  /** When the customer was thanked. */
  readonly effectiveAt: string;
}

/** docs/domain.md §3.2: thank, saying why the complaint matters. Once per conduct. */
export const thank = step({
  step: 'thanks',
  can: (complaint: Complaint) => ended(complaint) ?? oncePerConduct(complaint, complaint.thanked),
  decide: ({ why, effectiveAt }: Thank, complaint) => {
    const thanked = customerThanked({ why });
    return recorded(thanked, ...foundTimely(complaint, thanked, effectiveAt));
  },
});
