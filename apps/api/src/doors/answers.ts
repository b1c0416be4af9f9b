import { Type, type TSchema } from '@sinclair/typebox';
import { ROLES } from '#fact/fact';
import { Instant, Uuid } from '#fact/vocabulary';

/**
 * What doors answer, for the OpenAPI document; every journey is held to it. Objects are open and lists of codes too:
 * consumers ignore what they don't know. NOTE: published; members are only added.
 */

export const nullable = (schema: TSchema): TSchema => Type.Union([schema, Type.Null()]);
export const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);
export const code = Type.String();
export const count = Type.Integer({ minimum: 0 });
export const actor = Type.String({ description: 'Who: an actor’s id.' });

/** A personal text, or what is left of it after the person was erased. */
export const Told = Type.Union([Type.String(), Type.Object({ erased: Type.Boolean() })], {
  description: 'A text; `{ "erased": true }` after the person was erased.',
});

const mark = { at: Instant, by: actor };
export const Mark = Type.Object(mark, { description: 'When it became so, and by whom.' });
export const marked = (members: Record<string, TSchema>) => Type.Object({ ...mark, ...members });

/** What every command answers. */
const written = {
  id: Type.String({ description: 'What was created, or what was written to.' }),
  revision: count,
  position: nullable(Type.String()),
  facts: Type.Array(Type.Object({ id: Uuid, type: Type.String() }), { description: 'Empty: it was already so.' }),
};
export const WRITTEN = Type.Object(written);
export const RESOLUTION = Type.Object({
  ...written,
  followUp: optional(
    Type.String({ format: 'uuid', description: 'The follow-up call. Migrated complaints have none.' }),
  ),
});

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
const SuggestedStep = Type.Object({
  ...step,
  why: Type.String(),
  due: optional(Instant),
  wording: optional(Type.Object({ language: Type.String(), text: Type.String() })),
});
export const Missing = Type.Object({ code, issue: optional(Uuid), why: Type.String() });

export const RECEIPT = Type.Object({
  ...written,
  reference: optional(Type.String()),
  issues: optional(Type.Array(Type.Object({ id: Uuid }))),
  customer: optional(Type.Object({ id: Uuid })),
  clocks: optional(Type.Array(Clock)),
  nextSteps: optional(Type.Array(SuggestedStep)),
});

export const NEXT_STEPS = Type.Object({
  can: Type.Array(Type.Object(step), { description: 'What can be done now.' }),
  should: Type.Array(SuggestedStep, { description: 'What should be done, the next one first.' }),
  missing: Type.Array(Missing, { description: 'What still stands before closing.' }),
});

export const HISTORY = Type.Object({
  facts: Type.Array(
    Type.Object({
      id: Uuid,
      revision: count,
      position: Type.String(),
      type: Type.String(),
      schemaVersion: Type.Integer({ minimum: 1 }),
      data: Type.Object({}),
      actor: Type.Object({
        id: Type.String(),
        role: Type.Unsafe<string>({ type: 'string', examples: [...ROLES] }),
        assurance: Type.String(),
      }),
      recordedAt: Instant,
      effectiveAt: Instant,
      policyVersion: count,
      commandId: Uuid,
      causationId: optional(Uuid),
      correlationId: Uuid,
      digest: Type.String({ pattern: '^sha256:[0-9a-f]{64}$' }),
      previousDigest: nullable(Type.String()),
    }),
  ),
  next: nullable(Type.String()),
});
