import { complaintChapters } from '#complaint/events';
import { reading } from '#fact/reading';
import { idOf } from '#fact/stream-kind';
import { followUpChapters, type FollowUpFact } from '#follow-up/events';
import { foldDocuments, type Document } from '../documents.ts';
import { ofNoun, type Projection, type ReadFact, type Workplace } from '../projection.ts';
import { calledAboutRows, callRows } from './table.ts';

type Call = Document<typeof callRows, Record<never, never>>;
type CalledAbout = Document<typeof calledAboutRows, Record<never, never>>;

const ended = ({ head }: Call): Call => ({ head: { ...head, open: false } });

const stepOfCall = reading<Call>()(followUpChapters, ['call'], {
  FollowUpOpened: 'ignored', // it opens the row
  CallAttempted: ({ head }, { data, effectiveAt }) => ({
    head: { ...head, attempts: data.number, last_attempt_at: effectiveAt, last_result: data.result },
  }),
  FollowUpRescheduled: ({ head }, { data }) => ({ head: { ...head, due: data.due } }),
  CustomerReached: ended,
  CustomerNotReached: ended,
  FollowUpSuperseded: ended,
});

const opened = ({ data, stream, revision, effectiveAt }: Extract<FollowUpFact, { type: 'FollowUpOpened' }>): Call => ({
  head: {
    call: idOf({ stream }),
    revision,
    kind: data.kind,
    complaint: data.complaint,
    customer: data.customer,
    handler: data.handler ?? null,
    caller: data.handler ?? null,
    opened_at: effectiveAt,
    due: data.due,
    attempts: 0,
    attempt_limit: data.attemptLimit,
    last_attempt_at: null,
    last_result: null,
    open: true,
  },
});

/** Only who handles the complaint matters here: its messages and its other facts never touch a call (docs/domain.md §7). */
const stepOfComplaint = reading<CalledAbout>()(complaintChapters, ['intake'], {
  ComplaintReceived: 'ignored', // it opens the row
  HandlerAssigned: ({ head }, { data }) => ({ head: { ...head, handler: data.handler } }),
  ComplaintAcknowledged: 'ignored',
  ContactGiven: 'ignored',
});

/** Tells the calls who is to call, where a complaint's handler or a call is new. */
const assignCalls = async (facts: readonly ReadFact[], { tx, schema }: Workplace): Promise<void> => {
  const opened: string[] = [];
  const assigned: string[] = [];
  for (const fact of facts) {
    if (fact.type === 'FollowUpOpened') opened.push(fact.data.complaint);
    if (fact.type === 'HandlerAssigned') assigned.push(idOf(fact));
  }
  if (opened.length + assigned.length === 0) return;
  await tx.query(
    `update ${schema}.calls k set caller = c.handler from ${schema}.complaints c
      where c.complaint = k.complaint and k.complaint = any($1::uuid[])
        and c.handler is not null and k.caller is distinct from c.handler`,
    [[...opened, ...assigned]],
  );
};

/** `GET /v1/follow-up-calls`. */
export const followUpCalls: Projection = {
  model: 'follow_up_calls',
  version: 2,
  reads: ['complaint', 'follow-up'],
  tables: [callRows, calledAboutRows],
  apply: async (facts, place) => {
    await foldDocuments(
      ofNoun('follow-up', facts),
      place,
      { head: callRows, parts: {} },
      {
        open: (fact) => (fact.type === 'FollowUpOpened' ? opened(fact) : undefined),
        step: stepOfCall,
      },
    );
    await foldDocuments(
      ofNoun('complaint', facts),
      place,
      { head: calledAboutRows, parts: {} },
      {
        open: (fact) =>
          fact.type === 'ComplaintReceived'
            ? {
                head: {
                  complaint: idOf(fact),
                  revision: fact.revision,
                  reference: fact.data.reference,
                  language: fact.data.language ?? null,
                  handler: null,
                },
              }
            : undefined,
        step: stepOfComplaint,
      },
    );
    await assignCalls(facts, place);
  },
};
