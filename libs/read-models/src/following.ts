import { TryAgain } from '../../ledger/src/follow/failure.ts';
import type { Follower } from '../../ledger/src/follow.ts';
import type { Secrets } from '../../privacy/src/secrets.ts';
import type { Vault } from '../../privacy/src/vault.ts';
import { subscriptionOf, type Generation } from './generations.ts';
import { factsOf, filterOf, type Projection } from './projection.ts';

/** What projections open texts with. */
export interface Keys {
  readonly vault: Vault;
  readonly secrets: Secrets;
}

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
  onPoison: generation.state === 'building' ? 'stop' : 'park',
  apply: async (events, tx) => {
    const facts = factsOf(events);
    const { rowCount } = await tx.query('select 1 from es.read_models where schema = $1', [generation.schema]);
    if (rowCount === 0) throw new GenerationGone(`${generation.schema} was dropped`);
    await projection.apply(facts, { tx, schema: generation.schema, ...keys });
  },
});
