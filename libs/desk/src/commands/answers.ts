import { Type } from '@sinclair/typebox';
import { Uuid } from '#fact/vocabulary';
import { count, nullable, optional } from '../answer-schemas.ts';
import { Clock, SuggestedStep } from '../queries/step-answers.ts';

/** What commands answer, by schemas. NOTE: published; members are only added. */

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

export const RECEIPT = Type.Object({
  ...written,
  reference: optional(Type.String()),
  issues: optional(Type.Array(Type.Object({ id: Uuid }))),
  customer: optional(Type.Object({ id: Uuid })),
  clocks: optional(Type.Array(Clock)),
  nextSteps: optional(Type.Array(SuggestedStep)),
});
