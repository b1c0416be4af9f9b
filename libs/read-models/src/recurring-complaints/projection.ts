import type { ComplaintFact } from '../../../complaint/src/events.ts';
import { idOf } from '../../../fact/src/stream-kind.ts';
import type { Issue } from '../../../complaint/src/vocabulary.ts';
import { foldDocuments, type Document } from '../documents.ts';
import { ofComplaints, react, type Projection, type Reactions } from '../projection.ts';
import { classifiedRows, issueRows } from './table.ts';

const tables = { head: classifiedRows, parts: { issues: issueRows } };
type Classified = Document<typeof classifiedRows, typeof tables.parts>;

const withIssues = (classified: Classified, issues: readonly Issue[]): Classified => ({
  ...classified,
  issues: [
    ...classified.issues,
    ...issues.map(({ id, category, product, touchpoint, process }) => ({
      issue: id,
      complaint: classified.head.complaint,
      received_at: classified.head.received_at,
      category,
      product: product ?? null,
      department: process?.department ?? null,
      process: process?.process ?? null,
      touchpoint: touchpoint ?? null,
    })),
  ],
});

/** The issue moves to another group; what the fact does not name stays as it was, a process is replaced whole. */
const reclassified = (
  classified: Classified,
  { data }: Extract<ComplaintFact, { type: 'IssueReclassified' }>,
): Classified => ({
  ...classified,
  issues: classified.issues.map((known) =>
    known.issue !== data.issue
      ? known
      : {
          ...known,
          ...(data.category !== undefined && { category: data.category }),
          ...(data.product !== undefined && { product: data.product }),
          ...(data.touchpoint !== undefined && { touchpoint: data.touchpoint }),
          ...(data.process && { department: data.process.department, process: data.process.process ?? null }),
        },
  ),
});

const reactions: Reactions<ComplaintFact, Classified> = {
  ComplaintReceived: 'ignored', // it opens the rows
  IssueAdded: (classified, { data }) => withIssues(classified, [data.issue]),
  IssueReclassified: reclassified,
  ComplaintWithdrawn: 'ignored', // it happened all the same: every complaint counts (mission §2)
  ComplaintReopened: 'ignored', // still the same complaint
  ComplaintAcknowledged: 'ignored',
  ContactGiven: 'ignored',
  HandlerAssigned: 'ignored',
  CustomerThanked: 'ignored',
  ApologyGiven: 'ignored',
  ResponsibilityAccepted: 'ignored',
  InformationRequested: 'ignored',
  InformationGiven: 'ignored',
  MessageRecorded: 'ignored',
  PromiseMade: 'ignored',
  PromiseFulfilled: 'ignored',
  PromiseBroken: 'ignored',
  FirstResponseMissed: 'ignored',
  FirstResponseFoundTimely: 'ignored',
  IssueAssessed: 'ignored',
  CauseSuspected: 'ignored', // the group is what the customer met with; causes belong to improvements
  CauseConfirmed: 'ignored',
  CauseExplained: 'ignored',
  ExplanationWaived: 'ignored',
  CorrectionMade: 'ignored',
  CompensationOffered: 'ignored',
  CompensationAccepted: 'ignored',
  CompensationDeclined: 'ignored',
  CompensationDelivered: 'ignored',
  ComplaintResolved: 'ignored',
  CustomerAnswered: 'ignored',
  ComplaintClosed: 'ignored',
  FactRectified: 'ignored',
  RuleOverridden: 'ignored',
};

/** `GET /v1/recurring-complaints`. */
export const recurringComplaints: Projection = {
  model: 'recurring_complaints',
  version: 1,
  reads: ['complaint'],
  tables: [classifiedRows, issueRows],
  apply: async (facts, place) => {
    await foldDocuments(ofComplaints(facts), place, tables, {
      open: (fact) => {
        if (fact.type !== 'ComplaintReceived') return undefined;
        const complaint = idOf(fact);
        const head = { complaint, revision: fact.revision, received_at: fact.effectiveAt };
        return withIssues({ head, issues: [] }, fact.data.issues);
      },
      step: (classified, fact) => react(reactions, classified, fact),
    });
  },
};
