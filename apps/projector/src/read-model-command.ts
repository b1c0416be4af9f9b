import type { Pool } from 'pg';
import type { FollowLog } from '#ledger/follow/follower';
import { FollowerStopped } from '#ledger/follow/failure';
import { readStatus } from '#ledger/follow/status';
import type { EventStore } from '#ledger/stream/port';
import type { Keys } from '#read-models/following';
import { allGenerations, dropGeneration, subscriptionOf } from '#read-models/generations';
import { readModels } from '#read-models/models';
import { filterOf, type Projection } from '#read-models/projection';
import { NothingToRollBackTo, RebuildEnded, rebuild, rollBack, type Rebuilt } from '#read-models/rebuild';

export interface CommandParts extends Keys {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly signal: AbortSignal;
  readonly log?: FollowLog;
  /** One line for the person at the terminal. */
  readonly say: (line: string) => void;
  /** The same line again, as far as it has come; absent: nobody watches. */
  readonly progress?: (line: string) => void;
}

export const READ_MODEL_USAGE = `What to do with the read models, while the service goes on:
  list                                    every generation, which one answers, and how far each is
  rebuild <model>|all [--even-if-different]
                                          builds the tables anew beside the live ones, compares them at one position and
                                          switches when they are equal; the old ones stay for rollback
  rollback <model>                        brings the generation that answered before up to date and puts it back
  drop <schema>                           removes a generation that does not answer, with its tables; one of an older
                                          version of the program as soon as its projectors are stopped
Models: ${readModels.map(({ model }) => model).join(', ')}`;

/** Carries out one command line; answers the exit code: 0 done, 1 not done, 2 not understood. */
export const runReadModelCommand = async (args: readonly string[], parts: CommandParts): Promise<number> => {
  const [command, target, ...rest] = args;
  const evenIfDifferent = rest.includes('--even-if-different');
  const known = rest.every((option) => command === 'rebuild' && option === '--even-if-different');
  if (command === 'list' && target === undefined) return list(parts);
  if (known && command === 'drop' && target !== undefined) return drop(parts, target);
  const models = readModels.filter(({ model }) => model === target || (target === 'all' && command === 'rebuild'));
  if (!known || models.length === 0 || (command !== 'rebuild' && command !== 'rollback')) {
    parts.say(READ_MODEL_USAGE);
    return 2;
  }
  let exit = 0;
  for (const projection of models) if (!(await attempt(parts, projection, command, evenIfDifferent))) exit = 1;
  return exit;
};

const attempt = async (
  parts: CommandParts,
  projection: Projection,
  command: 'rebuild' | 'rollback',
  evenIfDifferent: boolean,
): Promise<boolean> => {
  const { say, progress } = parts;
  const options = {
    ...parts,
    projection,
    onProgress: ({
      position,
      lagFacts,
      lagIsAtLeast,
    }: {
      position?: string;
      lagFacts: number;
      lagIsAtLeast: boolean;
    }) =>
      progress?.(
        `${projection.model}: at ${position ?? 'the beginning'}, ${lagIsAtLeast ? 'more than ' : ''}${lagFacts} facts to go`,
      ),
  };
  try {
    const rebuilt = command === 'rebuild' ? await rebuild({ ...options, evenIfDifferent }) : await rollBack(options);
    tell(say, projection, rebuilt);
    return rebuilt.switched;
  } catch (error) {
    if (error instanceof RebuildEnded || error instanceof NothingToRollBackTo)
      say(`${projection.model}: ${error.message}`);
    else if (error instanceof FollowerStopped)
      say(
        `${projection.model}: stands before a fact that it cannot apply (${error.reason}). The old tables go on answering.`,
      );
    else throw error;
    return false;
  }
};

const tell = (say: (line: string) => void, { model }: Projection, rebuilt: Rebuilt): void => {
  const { generation, position, equal, compared, different, parked, switched } = rebuilt;
  const at = position ?? 'the beginning';
  if (compared) say(`${model}: compared at ${at}: ${equal ? 'equal' : 'different'}`);
  else say(`${model}: built up to ${at}; the tables so far are of another ledger, so there was nothing to compare`);
  for (const { table, live, other } of different)
    say(
      `  ${table}: ${live.rows} rows (${live.sum.slice(0, 12)}) live, ${other.rows} rows (${other.sum.slice(0, 12)}) in ${generation.schema}`,
    );
  if (parked > 0) say(`  ${parked} facts were parked in the live tables, which explains a difference`);
  say(
    switched
      ? `${model}: ${generation.schema} answers now; the tables that answered before stay until they are dropped`
      : `${model}: not switched. Look into ${generation.schema}, then repeat with --even-if-different, or drop it`,
  );
};

const list = async ({ pool, store, say }: CommandParts): Promise<number> => {
  for (const { model, version, schema, state } of await allGenerations(pool)) {
    const projection = readModels.find((known) => known.model === model && known.version === version);
    const status = await readStatus(pool, store, subscriptionOf(schema), projection && filterOf(projection));
    const behind = projection
      ? `${status.lagIsAtLeast ? 'more than ' : ''}${status.lagFacts} facts behind`
      : 'of another version of the program';
    say(`${schema}  ${state}  at ${status.position ?? 'the beginning'}, ${behind}, ${status.parked} parked`);
  }
  return 0;
};

const drop = async ({ pool, say }: CommandParts, schema: string): Promise<number> => {
  const dropped = await dropGeneration(pool, schema, readModels);
  say(dropped ? `${schema} is gone` : `${schema} is not there, or it answers, or somebody follows it`);
  return dropped ? 0 : 1;
};
