import { standingAfter, type ClockStanding } from '#complaint/clocks/state';
import { complaintChapters, type ComplaintFact } from '#complaint/events';
import { reading } from '#fact/reading';
import { idOf } from '#fact/stream-kind';
import type { Due } from '#complaint/vocabulary';
import { foldDocuments, type Document } from '../documents.ts';
import { ofNoun, type Projection } from '../projection.ts';
import { clockRows, promiseRows, timedComplaintRows } from './table.ts';

const tables = { head: timedComplaintRows, parts: { clocks: clockRows, promises: promiseRows } };
type Timed = Document<typeof timedComplaintRows, typeof tables.parts>;
type Clock = Timed['clocks'][number];

const withPromise = (timed: Timed, id: string, change: Partial<Timed['promises'][number]>): Timed => ({
  ...timed,
  promises: timed.promises.map((known) => (known.promise === id ? { ...known, ...change } : known)),
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

/** How a row's clock stands, as the table of clocks knows it. */
const standingOf = ({ clock, due, set_by, met_at, stopped_at, missed_at }: Clock): ClockStanding => {
  const met = met_at !== null && ({ as: 'met', at: met_at } as const);
  const cancelled = stopped_at !== null && ({ as: 'cancelled', at: stopped_at } as const);
  return { clock, due, of: String(set_by), end: met || cancelled || null, missed: missed_at, foundTimely: false };
};

/** A row after a fact; the same object when nothing changed, for then nothing is written. */
const clockAfter = (row: Clock, fact: ComplaintFact): Clock => {
  const before = standingOf(row);
  const after = standingAfter(before, fact);
  if (after === before) return row;
  const { end, missed } = after;
  return {
    ...row,
    ...(end?.as === 'met' && { met_at: end.at }),
    ...(end?.as === 'cancelled' && { stopped_at: end.at }),
    missed_at: missed,
  };
};

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

const owed = reading<Timed>()(complaintChapters, ['intake', 'promises'], {
  ComplaintReceived: 'ignored', // it opens the rows
  ComplaintAcknowledged: (timed, { data, revision }) => withDues(timed, data.dues, revision),
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
  ContactGiven: 'ignored',
});

/** Clocks are changed by facts of every chapter, as their table says; what a fact sets comes behind them. */
const step = (timed: Timed, fact: ComplaintFact): Timed =>
  owed({ ...timed, clocks: timed.clocks.map((row) => clockAfter(row, fact)) }, fact);

/** `GET /v1/overdue`, and the share of norms achieved. */
export const overdue: Projection = {
  model: 'overdue',
  version: 2,
  reads: ['complaint'],
  tables: [timedComplaintRows, clockRows, promiseRows],
  apply: async (facts, place) => {
    await foldDocuments(ofNoun('complaint', facts), place, tables, {
      open: (fact) => (fact.type === 'ComplaintReceived' ? received(fact) : undefined),
      step,
    });
  },
};
