import { setMaxListeners } from 'node:events';
import type { Pool } from 'pg';
import { follow } from '#ledger/follow/follow';
import type { FollowLog } from '#ledger/follow/follower';
import { nameOf } from '#ledger/follow/failure';
import type { LeasePace } from '#ledger/follow/lease';
import { readStatus, seenFromWithin, type FollowerStatus } from '#ledger/follow/status';
import type { EventStore } from '#ledger/stream/port';
import type { Secrets } from '#privacy/secrets';
import type { Vault } from '#privacy/vault';
import { followerOf } from '#read-models/following';
import {
  ensureLive,
  liveOfAll,
  makeAskable,
  subscriptionOf,
  sweepCheckpoints,
  type Generation,
} from '#read-models/generations';
import { readModels } from '#read-models/models';
import { filterOf, type Projection } from '#read-models/projection';
import { Batcher } from '#resilience/batcher';
import { jointSignal } from '#resilience/joint-signal';
import { untilNextMoment } from '#resilience/pause';
import type { Clock } from '#time/clock';

export interface ProjectorOptions {
  readonly store: EventStore;
  /** One connection for each model, and one more. */
  readonly pool: Pool;
  /** How old facts are by. Default: the machine's. */
  readonly clock?: Clock;
  readonly vault: Vault;
  readonly secrets: Secrets;
  /** Ends it after the batches in flight. */
  readonly signal: AbortSignal;
  readonly log: FollowLog;
  /** Default: every read model. */
  readonly models?: readonly Projection[];
  readonly lease?: LeasePace;
}

export interface ModelStatus extends FollowerStatus {
  readonly model: string;
  readonly version: number;
  readonly schema: string;
}

export interface Projector {
  /**
   * For health and metrics, one entry a model. `ready`: each has once read all there was or stands by, and none has
   * stopped.
   */
  status(): Promise<{ readonly ready: boolean; readonly models: readonly ModelStatus[] }>;
  /** Resolves when all have ended, by the signal. Never rejects. */
  readonly ended: Promise<void>;
}

/** How soon a switch to another generation is noticed, in milliseconds. */
const LOOK_MS = 500;

/** Keeps every read model up to date: follows the generation of each that answers, whichever that is. */
export const startProjector = (options: ProjectorOptions): Projector => {
  setMaxListeners(0, options.signal); // each model waits for it, and that is no leak
  // The keepers look at the same moments: one statement tells all of them which generations answer.
  const live = new Batcher((models: readonly Projection[]) => liveOfAll(options.pool, models));
  const keepers = (options.models ?? readModels).map((projection) => new Keeper(projection, options, live));
  const swept = sweepCheckpoints(options.pool).catch((error: unknown) =>
    options.log.warn({ error: nameOf(error) }, 'checkpoints of dropped generations stay for now'),
  );
  return {
    ended: Promise.all([swept, ...keepers.map((keeper) => keeper.keep())]).then(() => undefined),
    status: async () => {
      const models = await Promise.all(keepers.map((keeper) => keeper.status()));
      return { ready: keepers.every((keeper) => keeper.ready), models };
    },
  };
};

/** Keeps one model. */
class Keeper {
  private generation: Generation | undefined;
  private caughtUp = false;
  private last: FollowerStatus | undefined;
  /** The schema before whose next fact its follower stopped, and why. */
  private stopped: { readonly schema: string; readonly why: string } | undefined;

  constructor(
    private readonly projection: Projection,
    private readonly options: ProjectorOptions,
    private readonly live: Batcher<Projection, Generation | undefined>,
  ) {}

  get ready(): boolean {
    return this.caughtUp && this.stopped === undefined;
  }

  async keep(): Promise<void> {
    const { signal, log } = this.options;
    let following:
      { readonly schema: string; readonly end: AbortController; readonly ended: Promise<void> } | undefined;
    while (!signal.aborted) {
      try {
        const live = (await this.live.ask(this.projection)) ?? (await ensureLive(this.options.pool, this.projection));
        if (live.schema !== following?.schema) {
          following?.end.abort();
          await following?.ended;
          await this.makeAskable(live);
          const end = new AbortController();
          const over = jointSignal(signal, end.signal);
          following = { schema: live.schema, end, ended: this.follow(live, over.signal).finally(over.release) };
        }
      } catch (error) {
        log.warn(
          { model: this.projection.model, error: nameOf(error) },
          'cannot tell which generation answers; asks again',
        );
      }
      await untilNextMoment(LOOK_MS, signal);
    }
    await following?.ended;
  }

  async status(): Promise<ModelStatus> {
    const { pool, store, clock } = this.options;
    const { model, version } = this.projection;
    const schema = this.generation?.schema ?? '';
    const figures = await readStatus(pool, store, subscriptionOf(schema), filterOf(this.projection), clock);
    return { model, version, schema, ...seenFromWithin(figures, { stopped: this.stopped?.why, last: this.last }) };
  }

  /** A generation that a version before made has not all the indexes of today. Without them it answers, only later. */
  private async makeAskable(live: Generation): Promise<void> {
    const { pool, log } = this.options;
    await makeAskable(pool, this.projection, live).catch((error: unknown) =>
      log.warn(
        { model: this.projection.model, error: nameOf(error) },
        'an index of a list is missing and was not made',
      ),
    );
  }

  /** Ends with its signal, or before a fact that it may not pass: then it waits for another generation, or an upgrade. */
  private async follow(generation: Generation, signal: AbortSignal): Promise<void> {
    const { store, pool, clock, vault, secrets, log, lease } = this.options;
    this.generation = generation;
    this.stopped = undefined;
    try {
      await follow({
        store,
        pool,
        ...(clock && { clock }),
        follower: followerOf(this.projection, generation, { vault, secrets }),
        signal,
        log,
        ...(lease && { lease }),
        onProgress: (status) => {
          this.last = status;
          this.caughtUp ||= status.state === 'caught-up' || status.state === 'standby';
        },
      });
    } catch (error) {
      const why = (error as { reason?: string }).reason ?? nameOf(error);
      this.stopped = { schema: generation.schema, why };
      log.error({ model: this.projection.model, schema: generation.schema, error: why }, 'read model stands still');
    }
  }
}
