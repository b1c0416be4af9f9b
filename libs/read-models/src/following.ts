import pg from 'pg';
import { TryAgain } from '#ledger/follow/failure';
import type { Follower } from '#ledger/follow/follower';
import type { Secrets } from '#privacy/secrets';
import type { Vault } from '#privacy/vault';
import { subscriptionOf, type Generation } from './generations.ts';
import { factsOf, filterOf, type Projection } from './projection.ts';

/** What projections open texts with. */
export interface Keys {
  readonly vault: Vault;
  readonly secrets: Secrets;
}

/** What is far behind is applied in few, large transactions; what is not comes a few facts at a time anyhow. */
const MAX_BATCH = 2_000;

/** The generation was dropped while it was followed. Whoever started the follower will stop it. */
export class GenerationGone extends TryAgain {
  override readonly name = 'GenerationGone';
}

/**
 * The follower that fills one generation. A generation that answers goes on past a fact that cannot be applied, and says
 * so; one that is being built stops before it.
 */
export const followerOf = (projection: Projection, generation: Generation, keys: Keys): Follower => ({
  subscription: subscriptionOf(generation.schema),
  filter: filterOf(projection),
  maxBatch: MAX_BATCH,
  onPoison: generation.state === 'building' ? 'stop' : 'park',
  asyncCommit: true,
  // Decoded while the database writes the batch before.
  prefetch: (events) => void factsOf(events),
  apply: async (events, tx) => {
    await projection.apply(factsOf(events), { tx, schema: generation.schema, ...keys }).catch((error: unknown) => {
      // Nobody drops a generation in mid-batch, for its checkpoint is held; a table that is missing is no fact's fault.
      throw isGone(error) ? new GenerationGone(`${generation.schema} was dropped`, { cause: error }) : error;
    });
  },
});

/** A table or a schema that does not exist. */
export const isGone = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '42P01' || error.code === '3F000');
