import { nothing, recorded } from '#fact/decision';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { partStep } from '../part-step.ts';
import { unknownPart } from '../unknown-part.ts';
import { issueAssessed } from './events.ts';

export interface Assess {
  readonly issue: string;
  readonly repairable: boolean;
}

/** docs/domain.md §3: repairable, or not repairable, and then compensation is owed. May be judged anew; the same again is nothing. */
export const assess = partStep({
  step: 'assessments',
  of: 'issue',
  can: (complaint: Complaint) => ended(complaint),
  decide: ({ repairable }: Assess, _complaint, _policy, issue) => {
    if (!issue) return unknownPart('issue', '#/issue');
    return issue.repairable === repairable ? nothing : recorded(issueAssessed({ issue: issue.id, repairable }));
  },
});
