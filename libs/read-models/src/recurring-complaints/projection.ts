import { complaintChapters, type ComplaintFact } from '#complaint/events';
import { reading } from '#fact/reading';
import { idOf } from '#fact/stream-kind';
import type { Issue } from '#complaint/vocabulary';
import { foldDocuments, type Document } from '../documents.ts';
import { ofNoun, type Projection } from '../projection.ts';
import { count, type Move } from './counting.ts';
import { classified, codesIn, groupOf, isGrouped, NOTHING_SAID } from './group.ts';
import { classifiedRows, countRows, issueRows } from './table.ts';

const tables = { head: classifiedRows, parts: { issues: issueRows } };
type Issues = Document<typeof classifiedRows, typeof tables.parts>['issues'];
type Classified = Document<typeof classifiedRows, typeof tables.parts> & {
  /** The groups in which the complaint is counted; absent: they have not changed in this batch. */
  readonly counted?: readonly string[];
};

/** The groups of a complaint: each once, however many of its issues are in it. */
const groupsIn = (issues: Issues): string[] => [...new Set(issues.map(({ codes }) => codes))].filter(isGrouped);

const withIssues = (classified: Classified, issues: Issues): Classified => {
  const several = groupsIn(issues).length > 1;
  return {
    ...classified,
    counted: classified.counted ?? groupsIn(classified.issues),
    issues: issues.map((issue) => (issue.several === several ? issue : { ...issue, several })),
  };
};

const withMoreIssues = (complaint: Classified, issues: readonly Issue[]): Classified =>
  withIssues(complaint, [
    ...complaint.issues,
    ...issues.map((issue) => ({
      issue: issue.id,
      complaint: complaint.head.complaint,
      received_at: complaint.head.received_at,
      codes: groupOf(classified(NOTHING_SAID, issue)),
      several: false,
    })),
  ]);

/** The issue moves to another group. */
const reclassified = (
  complaint: Classified,
  { data }: Extract<ComplaintFact, { type: 'IssueReclassified' }>,
): Classified =>
  withIssues(
    complaint,
    complaint.issues.map((known) =>
      known.issue === data.issue ? { ...known, codes: groupOf(classified(codesIn(known.codes), data)) } : known,
    ),
  );

/** How the counts change, once all facts of a batch are folded. */
const movesOf = ({ head, issues, counted }: Classified): Move[] => {
  if (!counted) return [];
  const groups = groupsIn(issues);
  const moves = (these: readonly string[], others: readonly string[], by: Move['by']): Move[] =>
    these.filter((codes) => !others.includes(codes)).map((codes) => ({ codes, receivedAt: head.received_at, by }));
  return [...moves(groups, counted, 1), ...moves(counted, groups, -1)];
};

/**
 * However a complaint ends, it happened and counts (docs/domain.md §2); the group is what the customer met with, causes belong
 * to improvements.
 */
const step = reading<Classified>()(complaintChapters, ['intake', 'issues'], {
  ComplaintReceived: 'ignored', // it opens the rows
  IssueAdded: (complaint, { data }) => withMoreIssues(complaint, [data.issue]),
  IssueReclassified: reclassified,
  ComplaintAcknowledged: 'ignored',
  ContactGiven: 'ignored',
  HandlerAssigned: 'ignored',
  IssueAssessed: 'ignored',
});

/** `GET /v1/recurring-complaints`. */
export const recurringComplaints: Projection = {
  model: 'recurring_complaints',
  version: 2,
  reads: ['complaint'],
  tables: [classifiedRows, issueRows, countRows],
  apply: async (facts, place) => {
    const changed = await foldDocuments(ofNoun('complaint', facts), place, tables, {
      open: (fact) => {
        if (fact.type !== 'ComplaintReceived') return undefined;
        const complaint = idOf(fact);
        const head = { complaint, revision: fact.revision, received_at: fact.effectiveAt };
        return withMoreIssues({ head, issues: [] }, fact.data.issues);
      },
      step,
    });
    await count(place.tx, place.schema, [...changed.values()].flatMap(movesOf));
  },
};
