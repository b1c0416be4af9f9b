import { follow } from '#ledger/follow/follow';
import type { FollowLog } from '#ledger/follow/follower';
import { findCheckpoint } from '#ledger/follow/checkpoint';
import { FollowerStopped, failureOf } from '#ledger/follow/failure';
import { PACE } from '#ledger/follow/pace';
import { backOff } from '#resilience/backoff';
import type { FollowerStatus } from '#ledger/follow/status';
import { jointSignal } from '#resilience/joint-signal';
import {
  dropGeneration,
  ensureBuilding,
  ensureLive,
  forgetIfDropped,
  generationsOf,
  makeAskable,
  subscriptionOf,
  type Generation,
} from './generations.ts';
import { GenerationGone, followerOf, isGone } from './following.ts';
import { SwitchedMeanwhile, belonging, switchTo, type SwitchOptions, type Switched } from './switching.ts';

export interface RebuildOptions extends Omit<SwitchOptions, 'to'> {
  /** Ends it; what was built stays, and the next rebuild goes on from there. */
  readonly signal: AbortSignal;
  readonly log?: FollowLog;
  readonly onProgress?: (status: FollowerStatus) => void;
}

export interface Rebuilt extends Switched {
  readonly generation: Generation;
}

/** There is no generation to go back to. */
export class NothingToRollBackTo extends Error {
  override readonly name = 'NothingToRollBackTo';
}

/** The rebuild was ended before it was done. */
export class RebuildEnded extends Error {
  override readonly name = 'RebuildEnded';
}

/**
 * Builds a model anew from the first fact on, beside the live tables, while questions are answered; then compares both
 * at one position and switches when they are equal, or when that is not demanded. The old tables stay, for going back.
 * It stops before a fact that cannot be applied. Throws FollowerStopped, RebuildEnded, SwitchedMeanwhile.
 */
export const rebuild = async (options: RebuildOptions): Promise<Rebuilt> => {
  await ensureLive(options.pool, options.projection);
  const building = await ensureBuilding(options.pool, options.projection);
  if (await isOfThisLedger(options, building)) return takeOver(options, building);
  // An unfinished one from before the ledger was copied or restored: nothing of it is of use.
  await dropGeneration(options.pool, building.schema);
  const anew = await ensureBuilding(options.pool, options.projection);
  if (await isOfThisLedger(options, anew)) return takeOver(options, anew);
  throw new RebuildEnded(`somebody still fills ${anew.schema} from another ledger; rebuild when that has ended`);
};

const isOfThisLedger = async ({ pool, store }: RebuildOptions, { schema }: Generation): Promise<boolean> =>
  (await belonging(store))((await findCheckpoint(pool, subscriptionOf(schema)))?.position);

/**
 * Puts the generation that answered last back in its place: brings it up to date first, so that nothing is lost that
 * happened since. What differs is told, and does not keep it from switching.
 */
export const rollBack = async (options: Omit<RebuildOptions, 'evenIfDifferent'>): Promise<Rebuilt> => {
  const { model, version } = options.projection;
  const { rows } = await options.pool.query<{ schema: string }>(
    `select schema from es.read_models where model = $1 and version = $2 and state = 'retired'
      order by switched desc limit 1`,
    [model, version],
  );
  const generations = await generationsOf(options.pool, options.projection);
  const to = generations.find(({ schema }) => schema === rows[0]?.schema);
  if (!to) throw new NothingToRollBackTo(`${model} has no generation that answered before`);
  const whole = { ...options, evenIfDifferent: true };
  if (!(await isOfThisLedger(whole, to)))
    throw new NothingToRollBackTo(`${to.schema} was filled before the ledger was copied or restored; rebuild instead`);
  return takeOver(whole, to);
};

const takeOver = async (options: RebuildOptions, generation: Generation): Promise<Rebuilt> => {
  let near = NEAR;
  for (let attempt = 0; ; attempt++) {
    await followUntil(near, options, generation);
    try {
      await makeAskable(options.pool, options.projection, generation);
      return { generation, ...(await switchTo({ ...options, to: generation })) };
    } catch (error) {
      const mayBeGone = isGone(error) || error instanceof SwitchedMeanwhile;
      if (mayBeGone && (await forgetIfDropped(options.pool, options.projection, generation)))
        throw droppedMeanwhile(generation);
      if (attempt >= SWITCHES) throw error;
      // One stands before a fact that it cannot apply: its own follower decides, by stopping or by parking it.
      if (error instanceof FollowerStopped) near = 0;
      else if (failureOf(error) !== 'transient') throw error;
      await backOff(PACE, attempt, options.signal);
    }
  }
};

const SWITCHES = 5;
/** So many facts are applied while both generations stand still. */
const NEAR = 500;

/** Follows until no more facts than that are missing. Throws RebuildEnded when somebody dropped the generation. */
const followUntil = async (missing: number, options: RebuildOptions, generation: Generation): Promise<void> => {
  const { store, pool, projection, signal, log } = options;
  const over = new AbortController();
  const follower = followerOf(projection, generation, options);
  let dropped = false;
  const either = jointSignal(signal, over.signal);
  await follow({
    store,
    pool,
    follower: {
      ...follower,
      apply: async (events, tx) => {
        try {
          await follower.apply(events, tx);
        } catch (error) {
          // A follower waits for the tables to come back; nobody will bring them. This only looks: the checkpoint is held.
          dropped = error instanceof GenerationGone && (await isDropped(options, generation).catch(() => false));
          if (dropped) over.abort();
          throw error;
        }
      },
    },
    signal: either.signal,
    ...(log && { log }),
    onProgress: (status) => {
      options.onProgress?.(status);
      if (!status.lagIsAtLeast && status.lagFacts <= missing) over.abort();
    },
  }).finally(either.release);
  if (dropped) {
    await forgetIfDropped(pool, projection, generation);
    throw droppedMeanwhile(generation);
  }
  if (signal.aborted) throw new RebuildEnded(`${generation.schema} is not finished; the next rebuild goes on with it`);
};

const isDropped = async ({ pool, projection }: RebuildOptions, { schema }: Generation): Promise<boolean> =>
  !(await generationsOf(pool, projection)).some((generation) => generation.schema === schema);

const droppedMeanwhile = ({ schema }: Generation): RebuildEnded =>
  new RebuildEnded(`${schema} was dropped while it was being filled; nothing was switched`);
