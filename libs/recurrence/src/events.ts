import { Type } from '@sinclair/typebox';
import { defineEvent, type EventOf } from '#fact/define-event';
import type { FactOf } from '#fact/fact';
import { Code, Duration, Uuid } from '#fact/vocabulary';

/** docs/domain.md §6; docs/formats.md, Recurrence, exactly. No person is in these streams. NOTE: stored for ever. */

/** What makes complaints "the same again": the codes of an issue. */
export const Group = Type.Object({
  category: Code,
  product: Type.Optional(Code),
  department: Type.Optional(Code),
  process: Type.Optional(Code),
  touchpoint: Type.Optional(Code),
});

const evaluation = {
  group: Group,
  count: Type.Integer({ minimum: 0 }),
  threshold: Type.Integer({ minimum: 1 }),
  window: Duration,
  /** The number of the group's facts evaluated so far, in ledger order. */
  through: Type.Integer({ minimum: 1 }),
};

export const recurrenceNoticed = defineEvent({
  type: 'RecurrenceNoticed',
  noun: 'recurrence',
  means: 'The same thing went wrong too often.',
  data: Type.Object({
    ...evaluation,
    /** Ids of the complaints inside the window. */
    evidence: Type.Array(Uuid),
  }),
});

export const recurrenceSubsided = defineEvent({
  type: 'RecurrenceSubsided',
  noun: 'recurrence',
  means: 'It happens below the threshold again.',
  data: Type.Object(evaluation),
});

export const recurrenceEvents = [recurrenceNoticed, recurrenceSubsided] as const;
export type RecurrenceEvent = EventOf<(typeof recurrenceEvents)[number]>;
export type RecurrenceFact = FactOf<RecurrenceEvent>;
