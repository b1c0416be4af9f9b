import { complaintChapters, type ComplaintFact } from '#complaint/events';
import { reading } from '#fact/reading';
import { idOf } from '#fact/stream-kind';
import type { Due } from '#complaint/vocabulary';
import { foldDocuments, type Document } from '../documents.ts';
import { ofComplaints, type Projection } from '../projection.ts';
import { clockRows, promiseRows, timedComplaintRows } from './table.ts';

const tables = { head: timedComplaintRows, parts: { clocks: clockRows, promises: promiseRows } };
type Timed = Document<typeof timedComplaintRows, typeof tables.parts>;
type Clock = Timed['clocks'][number];

const withPromise = (timed: Timed, id: string, change: Partial<Timed['promises'][number]>): Timed => ({
  ...timed,
  promises: timed.promises.map((known) => (known.promise === id ? { ...known, ...change } : known)),
});

const withClocks = (timed: Timed, clock: string, change: (clock: Clock) => Clock): Timed => ({
  ...timed,
  clocks: timed.clocks.map((known) => (known.clock === clock ? change(known) : known)),
});

const withDues = (timed: Timed, dues: readonly Due[], revision: number): Timed =>
  timed.head.migrated
    ? timed
    : {
        ...timed,
        clocks: [
          ...timed.clocks,
          ...dues.map(({ clock, due }) => ({
            complaint: timed.head.complaint,
            clock,
            set_by: revision,
            due,
            met_at: null,
            stopped_at: null,
            missed_at: null,
          })),
        ],
      };

/** The earliest answer counts, in whatever order they are recorded; none that came when nobody waited any more. */
const responded = (timed: Timed, at: string): Timed =>
  withClocks(timed, 'first-response', (clock) => {
    const until = clock.met_at ?? clock.stopped_at;
    return until === null || at < until ? { ...clock, met_at: at } : clock;
  });

const received = ({
  data,
  stream,
  revision,
  effectiveAt,
}: Extract<ComplaintFact, { type: 'ComplaintReceived' }>): Timed =>
  withDues(
    {
      head: {
        complaint: idOf({ stream }),
        revision,
        reference: data.reference,
        migrated: data.origin?.migrated ?? false,
        received_at: effectiveAt,
        channel: data.channel,
        handler: null,
      },
      clocks: [],
      promises: [],
    },
    data.dues,
    revision,
  );

const step = reading<Timed>()(complaintChapters, ['intake', 'conversation', 'promises', 'clocks', 'ending'], {
  ComplaintReceived: 'ignored', // it opens the rows
  ComplaintAcknowledged: (timed, { data, effectiveAt, revision }) =>
    withDues(responded(timed, effectiveAt), data.dues, revision),
  CustomerThanked: (timed, { effectiveAt }) => responded(timed, effectiveAt),
  MessageRecorded: (timed, { data, effectiveAt }) => (data.direction === 'out' ? responded(timed, effectiveAt) : timed),
  FirstResponseMissed: (timed, { effectiveAt }) =>
    withClocks(timed, 'first-response', (clock) => ({ ...clock, missed_at: effectiveAt })),
  FirstResponseFoundTimely: 'ignored', // the response itself has set when it was met
  PromiseMade: (timed, { data, effectiveAt }) => ({
    ...timed,
    promises: [
      ...timed.promises,
      {
        promise: data.promise,
        complaint: timed.head.complaint,
        what: data.what,
        due: data.due,
        made_at: effectiveAt,
        fulfilled_at: null,
        broken_at: null,
      },
    ],
  }),
  PromiseFulfilled: (timed, { data, effectiveAt }) => withPromise(timed, data.promise, { fulfilled_at: effectiveAt }),
  PromiseBroken: (timed, { data, effectiveAt }) => withPromise(timed, data.promise, { broken_at: effectiveAt }),
  HandlerAssigned: (timed, { data }) => ({ ...timed, head: { ...timed.head, handler: data.handler } }),
  ComplaintResolved: (timed, { effectiveAt }) =>
    withClocks(timed, 'resolution', (clock) =>
      clock.met_at === null && clock.stopped_at === null ? { ...clock, met_at: effectiveAt } : clock,
    ),
  ComplaintWithdrawn: (timed, { effectiveAt }) => ({
    ...timed,
    clocks: timed.clocks.map((clock) =>
      clock.met_at === null && clock.stopped_at === null ? { ...clock, stopped_at: effectiveAt } : clock,
    ),
  }),
  ComplaintReopened: 'ignored', // a new conduct has clocks of its own
  ComplaintClosed: 'ignored', // what was promised is still owed
  ContactGiven: 'ignored',
  ApologyGiven: 'ignored',
  ResponsibilityAccepted: 'ignored',
  InformationRequested: 'ignored',
  InformationGiven: 'ignored',
  CustomerAnswered: 'ignored',
  RuleOverridden: 'ignored',
});

/** `GET /v1/overdue`, and the share of norms achieved. */
export const overdue: Projection = {
  model: 'overdue',
  version: 2,
  reads: ['complaint'],
  tables: [timedComplaintRows, clockRows, promiseRows],
  apply: async (facts, place) => {
    await foldDocuments(ofComplaints(facts), place, tables, {
      open: (fact) => (fact.type === 'ComplaintReceived' ? received(fact) : undefined),
      step,
    });
  },
};
