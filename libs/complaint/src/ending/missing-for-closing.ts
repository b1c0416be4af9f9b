import type { FollowUp } from '#follow-up/follow-up';
import type { Policy } from '#policy/policy';
import { SEVERITIES, type Severity } from '#policy/vocabulary';
import type { Complaint } from '../complaint.ts';
import type { IssueState } from '../issues/state.ts';
import { speaksForTheCompany } from '../vocabulary.ts';

/** NOTE: published codes; an open list. */
export type MissingCode =
  'thanks' | 'apology' | 'responsibility' | 'explanation' | 'remedy' | 'resolution' | 'follow-up';

export interface Missing {
  readonly code: MissingCode;
  /** The issue that lacks it, where it is owed per issue. */
  readonly issue?: string;
  /** `manager`: of an apology that a manager or a director owes in addition. */
  readonly level?: 'manager';
  readonly why: string;
}

/** A complaint weighs as its gravest current issue (docs/formats.md, Closing, exactly). */
export const weightOf = ({ issues }: Complaint): Severity =>
  SEVERITIES.findLast((severity) => issues.some((issue) => (issue.severity ?? issue.presumed) === severity)) ?? 'minor';

/**
 * What still stands between a complaint and its closing (docs/domain.md §3; docs/formats.md, Closing, exactly), in the order of the
 * conduct. Nothing for one that has ended. `call`: the latest resolution's. Migrated complaints owe no call.
 */
export const missingForClosing = (complaint: Complaint, call: FollowUp | undefined, policy: Policy): Missing[] => {
  if (complaint.closed || complaint.withdrawn) return [];
  const missing: Missing[] = [];
  if (!complaint.thanked) missing.push({ code: 'thanks', why: 'The customer was not thanked yet.' });
  missing.push(...missingApologies(complaint, policy));
  if (!complaint.explained)
    missing.push({
      code: 'explanation',
      why: 'The customer was not told why it happened, and nobody waived that with a reason.',
    });
  for (const issue of complaint.issues) {
    const why = missingRemedy(issue, complaint);
    if (why) missing.push({ code: 'remedy', issue: issue.id, why });
  }
  if (!complaint.resolved)
    missing.push({ code: 'resolution', why: 'The customer was not told how the complaint is resolved.' });
  if (!complaint.received.origin?.migrated && !madeSure(complaint, call))
    missing.push({
      code: 'follow-up',
      why: 'The follow-up call has neither reached the customer nor used up its attempts.',
    });
  return missing;
};

const missingApologies = (complaint: Complaint, policy: Policy): Missing[] => {
  const weight = weightOf(complaint);
  const { forms, fromManager, responsibility } = policy.apologies[weight];
  const missing: Missing[] = [];
  if (!complaint.apologies.some(({ form }) => forms.includes(form)))
    missing.push({ code: 'apology', why: `What is ${weight} demands an apology, ${forms.join(' or ')}.` });
  if (fromManager && !complaint.apologies.some(({ level }) => speaksForTheCompany(level)))
    missing.push({
      code: 'apology',
      level: 'manager',
      why: `What is ${weight} demands that a manager or a director apologises.`,
    });
  if (responsibility && !complaint.responsibility)
    missing.push({
      code: 'responsibility',
      why: `What is ${weight} demands that responsibility is accepted in the name of the company.`,
    });
  return missing;
};

/** Each issue needs a correction, or a compensation delivered or declined; one that can't be repaired, the compensation. */
const missingRemedy = (issue: IssueState, { compensations }: Complaint): string | undefined => {
  if (compensations.some((one) => one.issue === issue.id && (one.delivered ?? one.declined) !== null)) return undefined;
  if (issue.repairable === false) return 'What cannot be repaired needs a compensation, delivered or declined.';
  return issue.corrections.length > 0 ? undefined : 'What went wrong was neither corrected nor compensated.';
};

/** Whether the call of this conduct's resolution, and no other, has ended by itself. */
const madeSure = ({ resolved }: Complaint, call: FollowUp | undefined): boolean =>
  call !== undefined &&
  call.resolution === resolved?.fact &&
  (call.situation === 'reached' || call.situation === 'exhausted');
