import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { doneInThisConduct } from '../ending/conduct.ts';
import { ended } from '../ending/ended.ts';
import { customerThanked } from './events.ts';
import { foundTimely } from '../clocks/first-response.ts';

export interface Thank {
  readonly why: Personal;
  /** When the customer was thanked. */
  readonly effectiveAt: string;
}

/** Mission §3.2: thank, saying why the complaint matters. Once per conduct. */
export const thank = (command: Thank, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  if (doneInThisConduct(complaint, complaint.thanked)) return nothing;
  return recorded(customerThanked({ why: command.why }), ...foundTimely(complaint, command.effectiveAt));
};
