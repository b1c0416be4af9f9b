import { Type } from '@sinclair/typebox';
import { Instant, Uuid } from '#fact/vocabulary';
import { code, count, nullable, optional } from '../answer-schemas.ts';

/** Clocks and next steps, as several answers show them. NOTE: published; members are only added. */

const DerivedDay = Type.Object({
  day: Type.String(),
  from: optional(Instant),
  to: optional(Instant),
  counted: Type.String({ description: 'ISO 8601 duration.' }),
  note: optional(Type.String()),
});
export const Clock = Type.Object({
  name: code,
  from: Instant,
  due: Instant,
  stopped: nullable(Instant),
  met: nullable(Type.Boolean({ description: 'null while it runs.' })),
  workingDays: count,
  calendar: code,
  calendarVersion: count,
  derivation: Type.Array(DerivedDay, { description: 'How the due was computed, day by day.' }),
});

const step = {
  step: Type.String({ description: 'The door below the complaint, such as `thanks`.' }),
  issue: optional(Uuid),
  compensation: optional(Uuid),
  promise: optional(Uuid),
  followUp: optional(Uuid),
  roles: optional(Type.Array(Type.String())),
};
export const SuggestedStep = Type.Object({
  ...step,
  why: Type.String(),
  due: optional(Instant),
  wording: optional(Type.Object({ language: Type.String(), text: Type.String() })),
});
export const Missing = Type.Object({ code, issue: optional(Uuid), why: Type.String() });

export const NEXT_STEPS = Type.Object({
  can: Type.Array(Type.Object(step), { description: 'What can be done now.' }),
  should: Type.Array(SuggestedStep, { description: 'What should be done, the next one first.' }),
  missing: Type.Array(Missing, { description: 'What still stands before closing.' }),
});
