import type { Pool, PoolClient } from 'pg';
import { Fenced, noteStop, readCheckpoint } from './follow/checkpoint.ts';
import { FollowerStopped, failureOf } from './follow/failure.ts';
import { PACE, backOff, pause, type Pace } from './follow/pace.ts';
import { Reporter } from './follow/reporter.ts';
import type { FollowerStatus } from './follow/status.ts';
import { Steps } from './follow/steps.ts';
import type { EventFilter, EventStore, RecordedEvent } from './port.ts';

/** Whoever follows the ledger: projector, publisher, process manager. */
export interface Follower {
  /** The checkpoint row's name: `projector:complaints@1`. NOTE: stored. */
  readonly subscription: string;
  readonly filter?: EventFilter;
  readonly maxBatch?: number;
  /** What becomes of a fact that cannot be applied: parked with the rest of its stream, or the end of following. */
  readonly onPoison: 'park' | 'stop';
  /**
   * Applies one batch inside the transaction in which the checkpoint moves; must bear being called again with the same
   * facts. Throws TryAgain when something outside is away, UnknownFact for what this program is too old for.
   */
  readonly apply: (events: readonly RecordedEvent[], tx: PoolClient) => Promise<void>;
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
  readonly follower: Follower;
  /** Ends the following after the batch in flight. */
  readonly signal: AbortSignal;
  readonly log?: FollowLog;
  readonly onProgress?: (status: FollowerStatus) => void;
  readonly pace?: Pace;
}

/**
 * Follows the ledger: each batch and the move of its checkpoint are one transaction, so that a fact is applied once in
 * effect, whoever dies when (ledger.md §3). Two with one subscription take turns at the checkpoint's row; the later one
 * finds it moved, reads again and goes on from there.
 * Returns after the signal; rejects with FollowerStopped when it may not go on.
 */
export const follow = async (options: FollowOptions): Promise<void> => {
  const { pool, store, follower, signal } = options;
  const { subscription, filter } = follower;
  const reporter = new Reporter({ pool, store, subscription, filter }, options.onProgress);
  const steps = new Steps(options, reporter);
  try {
    let attempt = 0;
    while (!signal.aborted) {
      try {
        await followOnce(options, steps, reporter, () => (attempt = 0));
      } catch (error) {
        if (error instanceof FollowerStopped) throw error;
        if (signal.aborted) break;
        if (error instanceof Fenced) {
          // Another one is at work. It may be far ahead: no hurry.
          await pause(20 + Math.random() * 200, signal);
          continue;
        }
        if (failureOf(error) !== 'transient') throw steps.stop(error);
        steps.retrying(error, attempt);
        await backOff(options.pace ?? PACE, attempt++, signal);
      }
    }
    await reporter.stopped();
  } catch (error) {
    if (!(error instanceof FollowerStopped)) throw error;
    await noteStop(pool, subscription, error.reason).catch(() => undefined);
    await reporter.stopped(error.reason);
    throw error;
  }
};

/** From the checkpoint on, until something makes it necessary to read the checkpoint again. */
const followOnce = async (
  options: FollowOptions,
  steps: Steps,
  reporter: Reporter,
  wentWell: () => void,
): Promise<void> => {
  const { pool, store, follower, signal } = options;
  let from = await readCheckpoint(pool, follower.subscription);
  reporter.standsAt(from);
  const ended = new AbortController();
  try {
    for await (const heard of store.subscribe({
      ...(from !== undefined && { after: from }),
      ...(follower.filter && { filter: follower.filter }),
      ...(follower.maxBatch !== undefined && { maxBatch: follower.maxBatch }),
      signal: AbortSignal.any([signal, ended.signal]),
    })) {
      switch (heard.kind) {
        case 'batch':
          from = await steps.settle(from, heard.events, heard.scannedTo);
          break;
        case 'progress':
          from = await steps.passOver(from, heard.scannedTo);
          break;
        case 'caught-up':
          break;
        case 'reconnecting':
          steps.retrying(heard.cause, heard.attempt);
          continue;
      }
      wentWell();
      reporter.standsAt(from);
    }
  } finally {
    ended.abort();
  }
};
