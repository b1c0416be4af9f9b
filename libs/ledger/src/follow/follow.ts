import type { Pool, PoolClient } from 'pg';
import { Fenced } from './checkpoint.ts';
import { FollowerStopped, noWaitingMends } from './failure.ts';
import { LEASE, Lease, LeaseLost, type LeasePace } from './lease.ts';
import { backOff } from '#resilience/backoff';
import { pause } from '#resilience/pause';
import { PACE, type Pace } from './pace.ts';
import { readAhead } from './read-ahead.ts';
import { Reporter } from './reporter.ts';
import type { FollowerStatus } from './status.ts';
import { Steps } from './steps.ts';
import { RecurringErrors } from './recurring-errors.ts';
import { jointSignal } from '#resilience/joint-signal';
import type { EventFilter, EventStore, RecordedEvent } from '../stream/port.ts';

interface Subscriber {
  /** The checkpoint row's name: `projector:complaints@1`. NOTE: stored. */
  readonly subscription: string;
  readonly filter?: EventFilter;
  readonly maxBatch?: number;
  /**
   * Told of each batch as soon as it is read, while the one before it is on its way. What it throws is passed over: the
   * batch is met again when it is its turn.
   */
  readonly prefetch?: (events: readonly RecordedEvent[]) => void;
}

/** Who follows the ledger and keeps what it makes of it in the database: projector, process manager. */
export interface Follower extends Subscriber {
  /** What becomes of a fact that cannot be applied: parked with the rest of its stream, or the end of following. */
  readonly onPoison: 'park' | 'stop';
  /**
   * True: nobody waits for the disk. For who writes nothing but what can be made again from the facts: a crash of the
   * database may take the last rows, but then the move of the checkpoint as well, and they are written again.
   */
  readonly asyncCommit?: boolean;
  /**
   * Applies one batch inside the transaction in which the checkpoint moves; must bear being called again with the same
   * facts. Throws TryAgain when something outside is away, UnknownFact for what this program is too old for.
   */
  readonly apply: (events: readonly RecordedEvent[], tx: PoolClient) => Promise<void>;
}

/** Who follows the ledger and tells the world: publisher. What is said cannot be taken back, so nothing is parked. */
export interface PublishingFollower extends Subscriber {
  /**
   * Sends one batch and returns when all of it is safe; the checkpoint moves after. At least once, and in the order of
   * the ledger, each run unbroken from a checkpoint. Throws as `apply` does.
   */
  readonly send: (events: readonly RecordedEvent[]) => Promise<void>;
}

/** What pino offers. Details are codes and ids only. */
export interface FollowLog {
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
  error(details: object, text: string): void;
}

export interface FollowOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  readonly follower: Follower | PublishingFollower;
  /** Ends the following after the batch in flight. */
  readonly signal: AbortSignal;
  readonly log?: FollowLog;
  readonly onProgress?: (status: FollowerStatus) => void;
  readonly pace?: Pace;
  readonly lease?: LeasePace;
}

/**
 * Follows the ledger: each batch and the move of its checkpoint are one transaction, so that a fact is applied once in
 * effect, whoever dies when (ledger.md §3). Of several with one subscription, one has the lease and works; the others
 * stand by, and one of them goes on within seconds when it falls silent, at once when it stops.
 * Returns after the signal; rejects with FollowerStopped when it may not go on.
 */
export const follow = async (options: FollowOptions): Promise<void> => {
  const { pool, store, follower } = options;
  const { subscription, filter } = follower;
  const reporter = new Reporter({ pool, store, subscription, filter }, options.onProgress);
  const recurring = new RecurringErrors(options, reporter);
  try {
    for (;;) {
      const lease = await untilOurTurn(options, recurring, reporter);
      if (!lease) break;
      const over = jointSignal(options.signal, lease.lost);
      try {
        await work(options, lease, over.signal, recurring, reporter);
      } catch (error) {
        // Somebody newer may stand by who can go on.
        if (error instanceof FollowerStopped) await lease.giveBack(error.reason);
        throw error;
      } finally {
        over.release();
        await lease.giveBack();
      }
    }
    await reporter.stopped();
  } catch (error) {
    if (!(error instanceof FollowerStopped)) throw error;
    await reporter.stopped(error.reason);
    throw error;
  }
};

/** Stands by until the subscription is ours. Undefined: the signal came first. */
const untilOurTurn = async (
  { pool, follower, signal, log, pace = PACE, lease: leasePace = LEASE }: FollowOptions,
  recurring: RecurringErrors,
  reporter: Reporter,
): Promise<Lease | undefined> => {
  const { subscription } = follower;
  let standing = false;
  for (let attempt = 0; !signal.aborted;) {
    try {
      const lease = await Lease.take(pool, subscription, leasePace.leaseMs);
      if (lease) {
        if (standing) log?.info({ subscription }, 'takes over');
        return lease;
      }
      attempt = 0;
      if (!standing) log?.info({ subscription }, 'stands by: another one follows');
      standing = true;
      reporter.standsBy();
      // With jitter, so that those who stand by don't all ask at once.
      await pause(leasePace.lookMs * (0.5 + Math.random() / 2), signal);
    } catch (error) {
      if (noWaitingMends(error)) throw recurring.stop(error);
      recurring.retrying(error, attempt);
      await backOff(pace, attempt++, signal);
    }
  }
  return undefined;
};

/** Works until it is over: by the signal, or because the lease is lost. */
const work = async (
  options: FollowOptions,
  lease: Lease,
  over: AbortSignal,
  recurring: RecurringErrors,
  reporter: Reporter,
): Promise<void> => {
  const { pace = PACE } = options;
  const steps = new Steps(options, lease, over, recurring, reporter);
  let attempt = 0;
  while (!over.aborted) {
    try {
      await followOnce(options, lease, over, steps, recurring, reporter, () => (attempt = 0));
    } catch (error) {
      if (error instanceof FollowerStopped) throw error;
      if (error instanceof LeaseLost || over.aborted) return;
      if (error instanceof Fenced) {
        // A switch of read models, an operator or a successor has moved it. No hurry.
        await pause(20 + Math.random() * 200, over);
        continue;
      }
      if (noWaitingMends(error)) throw recurring.stop(error);
      recurring.retrying(error, attempt);
      await backOff(pace, attempt++, over);
    }
  }
};

/** From the checkpoint on, until something makes it necessary to read the checkpoint again. */
const followOnce = async (
  { store, follower }: FollowOptions,
  lease: Lease,
  over: AbortSignal,
  steps: Steps,
  recurring: RecurringErrors,
  reporter: Reporter,
  wentWell: () => void,
): Promise<void> => {
  const { filter, maxBatch } = follower;
  let from = await lease.position();
  steps.goesOnFrom(from);
  reporter.standsAt(from);
  const heardFrom = async function* (signal: AbortSignal) {
    for await (const heard of store.subscribe({
      ...(from !== undefined && { after: from }),
      ...(filter && { filter }),
      ...(maxBatch !== undefined && { maxBatch }),
      signal,
    })) {
      if (heard.kind === 'batch') prefetch(follower, heard.events);
      yield heard;
    }
  };
  for await (const heard of readAhead(heardFrom, over)) {
    switch (heard.kind) {
      case 'batch':
        // What was read ahead when the end came waits for the next one.
        if (over.aborted) return;
        from = await steps.settle(from, heard.events, heard.scannedTo);
        break;
      case 'progress':
        from = await steps.passOver(from, heard.scannedTo);
        break;
      case 'caught-up':
        reporter.caughtUp();
        break;
      case 'reconnecting':
        recurring.retrying(heard.cause, heard.attempt);
        continue;
    }
    wentWell();
    reporter.standsAt(from);
  }
};

const prefetch = (follower: Subscriber, events: readonly RecordedEvent[]): void => {
  try {
    follower.prefetch?.(events);
  } catch {
    // Nobody's trouble before its turn.
  }
};
