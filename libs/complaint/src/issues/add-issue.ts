import { nothing, recorded } from '#fact/decision';
import type { VersionedPolicy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { issueAdded } from './events.ts';
import { unknownCodes, wrongCategory } from '../policy-codes.ts';
import { weighed, type ToldIssue } from '../intake/receive.ts';

export type AddIssue = ToldIssue;

/** Mission §1: a complaint has one or more issues; one more came to light. */
export const addIssue = (command: AddIssue, complaint: Complaint, policy: VersionedPolicy) => {
  const refusal = ended(complaint) ?? unknownCodes(...wrongCategory(command.category, policy));
  if (refusal) return refusal;
  if (complaint.issues.some(({ id }) => id === command.id)) return nothing;
  return recorded(issueAdded({ issue: weighed(command, policy) }));
};
