import type { Pool } from 'pg';
import { FILTER, PROCESS_MANAGER, takingIn } from '../../process-manager/src/process-manager.ts';
import { PUBLISHER } from '../../publisher/src/publisher.ts';
import type { Follower } from '../../../libs/ledger/src/follow.ts';
import type { EventFilter } from '../../../libs/ledger/src/port.ts';
import { followerOf, type Keys } from '../../../libs/read-models/src/following.ts';
import { allGenerations, subscriptionOf } from '../../../libs/read-models/src/generations.ts';
import { readModels } from '../../../libs/read-models/src/models.ts';
import { filterOf } from '../../../libs/read-models/src/projection.ts';

/** One who follows the ledger in this version of the programs. */
export interface KnownFollower {
  readonly subscription: string;
  readonly filter?: EventFilter;
  /** `kept for going back`, `being built`: nobody needs to follow it now. */
  readonly note?: string;
  /** How it takes in a fact, for one that parks. */
  readonly follower?: (keys: Keys) => Follower;
}

const NOTES = { live: undefined, building: 'being built', retired: 'kept for going back' } as const;

export const knownFollowers = async (pool: Pool): Promise<readonly KnownFollower[]> => {
  const generations = await allGenerations(pool);
  return [
    { subscription: PUBLISHER },
    { subscription: PROCESS_MANAGER, filter: FILTER, follower: () => takingIn() },
    ...generations.flatMap((generation): KnownFollower[] => {
      const { model, version, schema, state } = generation;
      const projection = readModels.find((known) => known.model === model && known.version === version);
      const note = NOTES[state];
      if (!projection) return []; // of another version of the programs
      return [
        {
          subscription: subscriptionOf(schema),
          filter: filterOf(projection),
          ...(note !== undefined && { note }),
          follower: (keys) => followerOf(projection, generation, keys),
        },
      ];
    }),
  ];
};
