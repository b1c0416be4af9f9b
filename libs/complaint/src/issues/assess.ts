import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { issueAssessed } from './events.ts';
import { unknownPart } from '../unknown-part.ts';

export interface Assess {
  readonly issue: string;
  readonly repairable: boolean;
}

/** Mission §3: repairable, or not repairable, and then compensation is owed. May be judged anew; the same again is nothing. */
export const assess = (command: Assess, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  const issue = complaint.issues.find(({ id }) => id === command.issue);
  if (!issue) return unknownPart('issue', '#/issue');
  return issue.repairable === command.repairable
    ? nothing
    : recorded(issueAssessed({ issue: issue.id, repairable: command.repairable }));
};
