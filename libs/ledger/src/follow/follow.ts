import { backOff } from '#resilience/backoff';
import { jointSignal } from '#resilience/joint-signal';
import { pause } from '#resilience/pause';
import type { RecordedEvent } from '../stream/port.ts';
import { Fenced } from './checkpoint.ts';
import { FollowerStopped, noWaitingMends } from './failure.ts';
import type { FollowOptions, Subscriber } from './follower.ts';
import { LEASE, Lease, LeaseLost } from './lease.ts';
import { PACE } from './pace.ts';
import { readAhead } from './read-ahead.ts';
import { Reporter } from './reporter.ts';
import { Steps } from './steps.ts';
import { RecurringErrors } from './recurring-errors.ts';

/**
 * Follows the ledger: each batch and the move of its checkpoint are one transaction, so that a fact is applied once in
 * effect, whoever dies when (docs/architecture.md, Followers). Of several with one subscription, one has the lease and works; the others
 * stand by, and one of them goes on within seconds when it falls silent, at once when it stops.
 * Returns after the signal; rejects with FollowerStopped when it may not go on.
 */
export const follow = async (options: FollowOptions): Promise<void> => {
  const { pool, store, follower, clock } = options;
  const { subscription, filter } = follower;
  const reporter = new Reporter({ pool, store, subscription, filter, clock }, options.onProgress);
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
