import { complaintChapters, type ComplaintFact } from '#complaint/events';
import { reading } from '#fact/reading';
import { idOf } from '#fact/stream-kind';
import type { Issue } from '#complaint/vocabulary';
import { foldDocuments, type Document } from '../documents.ts';
import { ofNoun, type Projection } from '../projection.ts';
import { labelsOf, relabel, type Relabelled } from './labels.ts';
import { complaintRows, labelRows, termRows, type ComplaintState, type ListedIssue } from './table.ts';
import { forgetTerms, termsIn } from './terms.ts';

type Listed = Document<typeof complaintRows, Record<never, never>> & Relabelled;
type Received = Extract<ComplaintFact, { type: 'ComplaintReceived' }>;

const listed = (issue: Issue): ListedIssue => ({
  id: issue.id,
  category: issue.category,
  severity: issue.severity ?? null,
  product: issue.product ?? null,
  touchpoint: issue.touchpoint ?? null,
  process: issue.process ?? null,
});

const withIssues = (complaint: Listed, issues: readonly ListedIssue[]): Listed => ({
  head: { ...complaint.head, issues },
  labels: complaint.labels ?? labelsOf(complaint.head),
});

const issuesOf = ({ head }: Listed): readonly ListedIssue[] => head.issues as readonly ListedIssue[];

const inState =
  (state: ComplaintState) =>
  (complaint: Listed): Listed => ({ ...complaint, head: { ...complaint.head, state } });

const received = ({ data, stream, revision, effectiveAt }: Received): Listed => ({
  head: {
    complaint: idOf({ stream }),
    revision,
    reference: data.reference,
    customer: data.customer.id,
    channel: data.channel,
    language: data.language ?? null,
    confidentiality: data.confidentiality,
    migrated: data.origin?.migrated ?? false,
    received_at: effectiveAt,
    handler: null,
    state: 'open',
    issues: data.issues.map(listed),
    words: data.words,
    summary: data.summary ?? null,
  },
  labels: [],
});

const step = reading<Listed>()(complaintChapters, ['intake', 'issues', 'ending', 'rectification'], {
  ComplaintReceived: 'ignored', // it opens the row
  HandlerAssigned: (complaint, { data }) => ({ ...complaint, head: { ...complaint.head, handler: data.handler } }),
  IssueAdded: (complaint, { data }) => withIssues(complaint, [...issuesOf(complaint), listed(data.issue)]),
  IssueReclassified: (complaint, { data: { issue, reason: _reason, ...classification } }) =>
    withIssues(
      complaint,
      issuesOf(complaint).map((known) => (known.id === issue ? { ...known, ...classification } : known)),
    ),
  ComplaintResolved: inState('resolved'),
  ComplaintClosed: inState('closed'),
  ComplaintWithdrawn: inState('withdrawn'),
  ComplaintReopened: inState('open'),
  FactRectified: 'ignored', // a rectified reference or order is one more term (terms.ts); words are shown as received
  ComplaintAcknowledged: 'ignored',
  ContactGiven: 'ignored',
  IssueAssessed: 'ignored',
  CustomerAnswered: 'ignored',
});

/** `GET /v1/complaints`. */
export const complaints: Projection = {
  model: 'complaints',
  version: 2,
  reads: ['complaint'],
  tables: [complaintRows, labelRows, termRows],
  apply: async (facts, place) => {
    const ours = ofNoun('complaint', facts);
    const terms = await termsIn(ours, place);
    const changed = await foldDocuments(
      ours,
      place,
      { head: complaintRows, parts: {} },
      {
        open: (fact) => (fact.type === 'ComplaintReceived' ? received(fact) : undefined),
        step,
        meanwhile: terms.open,
      },
    );
    await relabel(changed.values(), place);
    await terms.write();
  },
  forget: forgetTerms,
};
