import type { Fact } from '#fact/fact';

/**
 * A fact as the history and a 412's `missedFacts` show it. Its personal texts are still sealed: open it while answering.
 * NOTE: published (docs/api.md, GET …/history).
 */
export const historyItemOf = (fact: Fact): Record<string, unknown> => ({
  id: fact.id,
  revision: fact.revision,
  position: fact.position,
  type: fact.type,
  schemaVersion: fact.schemaVersion,
  data: fact.data,
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
