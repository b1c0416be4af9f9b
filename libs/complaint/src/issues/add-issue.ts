import { nothing, recorded } from '#fact/decision';
import { step } from '#fact/step';
import type { VersionedPolicy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { weighed, type ToldIssue } from '../intake/receive.ts';
import { unknownCodes, wrongCategory } from '../policy-codes.ts';
import { partOf } from '../sub-resources.ts';
import { issueAdded } from './events.ts';

export type AddIssue = ToldIssue;

/** docs/domain.md §1: a complaint has one or more issues; one more came to light. */
export const addIssue = step({
  step: 'issues',
  can: (complaint: Complaint) => ended(complaint),
  decide: (command: AddIssue, complaint, policy: VersionedPolicy) => {
    const wrong = unknownCodes(...wrongCategory(command.category, policy));
    if (wrong) return wrong;
    return partOf(complaint, 'issue', command.id) ? nothing : recorded(issueAdded({ issue: weighed(command, policy) }));
  },
});
