import { Type } from '@sinclair/typebox';
import { ROLES, type Fact } from '#fact/fact';
import { Instant, Uuid } from '#fact/vocabulary';
import { count, nullable, optional, ToldObject, type AnswerOf } from '../answer-schemas.ts';

/** A fact as the history and a 412's `missedFacts` show it. NOTE: published (docs/api.md, GET …/history). */
export const HISTORY_ITEM = Type.Object({
  id: Uuid,
  revision: count,
  position: Type.String(),
  type: Type.String(),
  schemaVersion: Type.Integer({ minimum: 1 }),
  data: ToldObject,
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
});
export type HistoryItem = AnswerOf<typeof HISTORY_ITEM>;

/** Its personal texts are still sealed: they are opened while it is answered. */
export const historyItemOf = (fact: Fact): HistoryItem => ({
  id: fact.id,
  revision: fact.revision,
  position: fact.position,
  type: fact.type,
  schemaVersion: fact.schemaVersion,
  data: fact.data as object,
  actor: fact.actor,
  recordedAt: fact.recordedAt,
  effectiveAt: fact.effectiveAt,
  policyVersion: fact.policyVersion,
  commandId: fact.commandId,
  ...(fact.causationId !== undefined && { causationId: fact.causationId }),
  correlationId: fact.correlationId,
  digest: fact.digest,
  previousDigest: fact.previousDigest,
});
