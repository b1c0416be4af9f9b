import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { FollowLog } from '#ledger/follow/follower';
import { failureOf, nameOf, whereOf } from '#ledger/follow/failure';
import { PACE } from '#ledger/follow/pace';
import { Bell } from '#ledger/stream/bell';
import { backOff, backoffMs } from '#resilience/backoff';
import { jointSignal } from '#resilience/joint-signal';
import { timersNow, type Clock } from '#time/clock';
import { claimTimers, putOff, removeFired, sweepFired, type DueTimer } from './claim.ts';
import { ClaimedTimers } from './claimed-timers.ts';

/** Does what a due timer asks for. Must bear being called again. */
export type Fire = (timer: DueTimer) => Promise<unknown>;

export interface FiringPace {
  /** Timers claimed together at most. */
  readonly batch: number;
  /** Fired at the same time at most. */
  readonly concurrency: number;
  readonly leaseMs: number;
  /** How soon is looked again after something happened, and how seldom when all is quiet. */
  readonly lookAgainMs: { readonly first: number; readonly most: number };
  /** The first wait after a failure; it doubles with each. */
  readonly firstMs: number;
  /** The longest wait while something outside is away. */
  readonly maxAwayMs: number;
  /** The longest wait of a timer that fails by itself. */
  readonly maxMs: number;
}

export const FIRING_PACE: FiringPace = {
  batch: 64,
  concurrency: 8,
  leaseMs: 15_000,
  lookAgainMs: { first: 25, most: 500 },
  firstMs: 500,
  maxAwayMs: 10_000,
  maxMs: 300_000,
};

export interface FireTimersOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  /** Ends the firing after what is in flight; the rest is given back. */
  readonly signal: AbortSignal;
  /** By process. Timers of other processes are left alone: they wait for a program that knows them. */
  readonly processes: Readonly<Record<string, Fire>>;
  /** Rung when timers were set that are due at once. */
  readonly bell?: Bell;
  readonly log?: FollowLog;
  readonly pace?: Partial<FiringPace>;
}

/**
 * Fires due timers until the signal, each at least once; what it does must be idempotent, so that it is once in effect.
 * Any number of programs may fire from one database. A timer that fails backs off and stands in nobody's way but that of
 * its ordering key. Never rejects.
 */
export const fireTimers = async (options: FireTimersOptions): Promise<void> => {
  const { pool, clock, signal, processes, bell = new Bell(), log } = options;
  const pace = { ...FIRING_PACE, ...options.pace };
  const active = new Set<Promise<void>>();
  const keeping = new Set<Promise<void>>();
  let waiting: Run[] = [];
  let trouble = 0;
  let lookAgainMs = pace.lookAgainMs.first;
  const swept = sweepFired(pool, signal).catch((error: unknown) =>
    log?.warn({ error: nameOf(error), where: whereOf(error) }, 'timers that have fired stay for now'),
  );

  while (!signal.aborted) {
    const heard = bell.rings;
    try {
      waiting = await claim();
      trouble = 0;
    } catch (error) {
      log?.warn({ error: nameOf(error), where: whereOf(error), attempt: trouble }, 'timers cannot be claimed');
      await backOff(PACE, trouble++, signal);
      continue;
    }
    if (waiting.length === 0) {
      await nextLook(active, bell, heard, lookAgainMs, signal);
      lookAgainMs = bell.rings === heard ? Math.min(pace.lookAgainMs.most, lookAgainMs * 2) : pace.lookAgainMs.first;
      continue;
    }
    lookAgainMs = pace.lookAgainMs.first;
    while (waiting.length > 0 && !signal.aborted) {
      while (active.size >= pace.concurrency) await Promise.race(active);
      const run: Promise<void> = fireRun(waiting.shift()!).finally(() => active.delete(run));
      active.add(run);
    }
  }
  for (const { held, timers } of waiting) await held.giveBack(timers);
  await Promise.all(active);
  await Promise.all(keeping);
  await swept;

  async function claim(): Promise<Run[]> {
    const by = randomUUID();
    const askedAt = performance.now();
    const claimed = await claimTimers(pool, {
      by,
      processes: Object.keys(processes),
      now: timersNow(clock),
      most: pace.batch,
      leaseMs: pace.leaseMs,
    });
    if (claimed.length === 0) return [];
    const held = new ClaimedTimers(pool, by, pace.leaseMs, claimed, askedAt);
    const kept: Promise<void> = held.keep().finally(() => keeping.delete(kept));
    keeping.add(kept);
    return runsIn(claimed).map((timers) => ({ timers, held }));
  }

  /** One ordering key's timers in their order, or a single timer. */
  async function fireRun({ timers, held }: Run): Promise<void> {
    for (const [index, timer] of timers.entries()) {
      // What may be somebody else's by now is left to him, and so is what stands behind it.
      if (signal.aborted || !held.has(timer)) return held.giveBack(timers.slice(index));
      if (!(await fireOne(timer, held))) return held.giveBack(timers.slice(index + 1));
    }
  }

  async function fireOne(timer: DueTimer, held: ClaimedTimers): Promise<boolean> {
    try {
      await processes[timer.process]!(timer);
      await removeFired(pool, timer.id);
      held.done(timer);
      return true;
    } catch (error) {
      held.done(timer);
      const maxMs = failureOf(error) === 'transient' ? pace.maxAwayMs : pace.maxMs;
      const wait = backoffMs({ firstMs: pace.firstMs, maxMs }, timer.attempts - 1);
      log?.warn(
        {
          timer: timer.id,
          process: timer.process,
          error: nameOf(error),
          where: whereOf(error),
          attempt: timer.attempts,
        },
        'timer failed and will fire again',
      );
      // When even this cannot be written, the lease's end brings it back.
      await putOff(pool, held.by, timer.id, wait, nameOf(error)).catch(() => undefined);
      return false;
    }
  }
};

interface Run {
  readonly timers: readonly DueTimer[];
  readonly held: ClaimedTimers;
}

const runsIn = (claimed: readonly DueTimer[]): (readonly DueTimer[])[] => {
  const runs = new Map<string, DueTimer[]>();
  for (const timer of claimed) {
    const key = timer.orderingKey === null ? `timer ${timer.id}` : `key ${timer.orderingKey}`;
    runs.set(key, [...(runs.get(key) ?? []), timer]);
  }
  return [...runs.values()];
};

/** Until the bell, the time, or the end of one that is active: it may have held up its ordering key. */
const nextLook = async (
  active: ReadonlySet<Promise<void>>,
  bell: Bell,
  heard: number,
  ms: number,
  signal: AbortSignal,
): Promise<void> => {
  const over = new AbortController();
  const either = jointSignal(signal, over.signal);
  try {
    await Promise.race([...active, bell.wait(heard, ms, either.signal)]);
  } finally {
    over.abort();
    either.release();
  }
};
