import { Type } from '@sinclair/typebox';
import { addIssue } from '#complaint/issues/add-issue';
import { assess } from '#complaint/issues/assess';
import { reclassify } from '#complaint/issues/reclassify';
import { Issue } from '#complaint/vocabulary';
import { personalText } from '#fact/personal';
import { Duration, Money, Process, Uuid } from '#fact/vocabulary';
import { SEVERITIES, type Severity } from '#policy/vocabulary';
import { code, marked, nullable, optional, Told } from '../answer-schemas.ts';
import { wrongMember } from '../answering.ts';
import { Choice, Code, Flag, Id, Inside, InstantField, Text } from '../fields.ts';
import { partView, told } from '../part-view.ts';
import { inOrder } from '../queries/in-order.ts';
import { CONDUCTORS } from '../roles.ts';
import { DatedBody, present, ProcessBody } from '../shapes.ts';
import { chapter } from './command-description.ts';
import { complaintCommand } from './complaint-command.ts';
import { IssueBody, issueOf } from './issue-body.ts';

/** The things that went wrong (docs/domain.md §1). */

export class AddedIssueBody extends IssueBody {
  @InstantField({ optional: true, means: 'When it came to light; absent: now.' })
  readonly effectiveAt?: string;
}
export const AddIssue = complaintCommand({
  operation: 'PuttingRight.addIssue',
  summary: 'Add one more thing that went wrong.',
  body: AddedIssueBody,
  roles: CONDUCTORS,
  rule: addIssue,
  refusals: ['already-closed', 'unknown-code'],
  facts: ['IssueAdded'],
  creates: 'issue',
  tell: (body, { id, complaint }) => issueOf(body, id, complaint.received.purchase?.product),
});

/** At least one of category, severity, product, touchpoint, process; what stays away stays as it is. */
export class ReclassificationBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Code({ optional: true })
  readonly category?: string;
  @Choice(SEVERITIES, { optional: true })
  readonly severity?: Severity;
  @Code({ optional: true })
  readonly product?: string;
  @Code({ optional: true })
  readonly touchpoint?: string;
  @Inside(() => ProcessBody, { optional: true, means: 'Takes the place of the process named before, as a whole.' })
  readonly process?: ProcessBody;
  @Text({ means: 'Why it is classified anew.' })
  readonly reason!: string;
}
const changesIn = ({ category, severity, product, touchpoint, process }: ReclassificationBody) => ({
  ...present({ category, severity, product, touchpoint }),
  ...(process && { process: present({ ...process }) }),
});
export const Reclassify = complaintCommand({
  operation: 'PuttingRight.reclassify',
  summary: 'Classify an issue anew.',
  body: ReclassificationBody,
  roles: CONDUCTORS,
  rule: reclassify,
  refusals: ['already-closed', 'unknown-code', 'unknown-issue'],
  facts: ['IssueReclassified'],
  check: (body) =>
    Object.keys(changesIn(body)).length === 0 ? wrongMember('#', 'required', 'Say what changes.') : undefined,
  tell: (body) => ({ issue: body.issue, ...changesIn(body), reason: personalText(body.reason) }),
});

export class AssessmentBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Flag({ means: 'false: it cannot be repaired, so compensation is owed.' })
  readonly repairable!: boolean;
}
export const Assess = complaintCommand({
  operation: 'PuttingRight.assess',
  summary: 'Decide whether an issue can be repaired.',
  body: AssessmentBody,
  roles: CONDUCTORS,
  rule: assess,
  refusals: ['already-closed', 'unknown-issue'],
  facts: ['IssueAssessed'],
  tell: ({ issue, repairable }) => ({ issue, repairable }),
});

/** What of a correction is shown, beside its issue. */
export const correctionMembers = { id: Uuid, what: Told, inPresence: Type.Boolean() };

/** How these are read. */
export const issuesViews = {
  issue: partView('issue', {
    operation: 'Reading.issue',
    summary: 'An issue.',
    member: 'issues',
    answer: Type.Object({
      id: Uuid,
      category: code,
      severity: optional(code),
      presumed: Type.String({ description: 'How heavy it weighs while no severity is known.' }),
      product: optional(code),
      touchpoint: optional(code),
      process: optional(Process),
      claimed: optional(Money),
      waited: optional(Duration),
      repeat: optional(Type.Boolean()),
      repairable: nullable(Type.Boolean()),
      corrections: Type.Array(marked(correctionMembers)),
    }),
    view: ({ corrections, ...issue }) => ({ ...inOrder(Issue, issue), corrections: corrections.map(told) }),
  }),
};

export const issues = chapter('complaints', [AddIssue, Reclassify, Assess]);
