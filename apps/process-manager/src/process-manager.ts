import type { CommandBus } from '@nestjs/cqrs';
import type { Pool, PoolClient } from 'pg';
import type { ComplaintFact } from '#complaint/events';
import { complaintStreams } from '#complaint/complaint-streams';
import { PolicyInForce } from '#desk/policy-in-force';
import { prefixOf } from '#fact/stream-kind';
import { followUpStreams } from '#follow-up/follow-up';
import { follow } from '#ledger/follow/follow';
import type { Follower, FollowLog } from '#ledger/follow/follower';
import { FollowerStopped, nameOf } from '#ledger/follow/failure';
import type { LeasePace } from '#ledger/follow/lease';
import type { Pace } from '#ledger/follow/pace';
import { readStatus, seenFromWithin, type FollowerStatus } from '#ledger/follow/status';
import { UnknownFact } from '#ledger/stream/codec';
import type { EventFilter, EventStore, RecordedEvent } from '#ledger/stream/port';
import { Bell } from '#ledger/stream/bell';
import { codecOf } from '#ledger/stream/transact';
import { recurrenceStreams } from '#recurrence/recurrence';
import { fireTimers, type FiringPace } from '#timers/fire-timers';
import { timersStatus, type TimersStatus } from '#timers/status';
import { setTimers } from '#timers/timer';
import { timersNow, type Clock } from '#time/clock';
import { takeIn } from './counting.ts';
import { firing } from './reactions/all.ts';

/** NOTE: stored. Another name would read the ledger again from the beginning (which changes nothing, but takes its time). */
export const PROCESS_MANAGER = 'process-manager@1';

/**
 * What it reads. Who adds a noun must also rename PROCESS_MANAGER: the checkpoint has passed the facts of that noun that
 * are there already, and beginning again changes nothing.
 */
const READ = [complaintStreams, followUpStreams, recurrenceStreams] as const;
export const FILTER: EventFilter = { streamPrefixes: READ.map(prefixOf) };

export interface ProcessManagerOptions {
  readonly store: EventStore;
  readonly pool: Pool;
  /** The door to the desk. */
  readonly bus: Pick<CommandBus, 'execute'>;
  readonly clock: Clock;
  /** Ends it after what is in flight. */
  readonly signal: AbortSignal;
  readonly log: FollowLog;
  readonly pace?: Pace;
  readonly firingPace?: Partial<FiringPace>;
  readonly lease?: LeasePace;
}

export interface ProcessManagerStatus extends FollowerStatus {
  readonly timers: TimersStatus;
  /** Nothing stands in its way. A timer that fails does not make it unready, it is counted in `timers.failing`. */
  readonly ready: boolean;
}

export interface ProcessManager {
  status(): Promise<ProcessManagerStatus>;
  /** Resolves when it has ended by the signal; `stopped`: it stood before a fact that it may not pass over. Never rejects. */
  readonly ended: Promise<{ readonly stopped?: string }>;
}

/**
 * Reacts to facts and to time by sending ordinary commands to the desk; owns no rule (docs/architecture.md). It does so in two
 * steps: facts set timers, in the transaction in which the checkpoint moves; due timers send commands, outside of any
 * transaction. What a fact asks for at once is a timer as well, so there is one way in which things get done, once in
 * effect, whoever dies when. Several may run: they share the timers, one takes in facts, and the others stand by for that.
 */
export const startProcessManager = (options: ProcessManagerOptions): ProcessManager => {
  const { store, pool, bus, clock, signal, log, pace } = options;
  const bell = new Bell();
  let last: FollowerStatus | undefined;
  let stopped: string | undefined;

  const follower = { ...takingIn, committed: () => bell.ring() };
  const processes = firing({ pool, bus, policies: new PolicyInForce(store), clock, log });

  const following = follow({
    store,
    pool,
    clock,
    follower,
    signal,
    log,
    ...(pace && { pace }),
    ...(options.lease && { lease: options.lease }),
    onProgress: (status) => (last = status),
  }).catch((error: unknown) => void (stopped = error instanceof FollowerStopped ? error.reason : nameOf(error)));
  // What is set already fires on, also when no new fact can be taken in.
  const fired = fireTimers({
    pool,
    clock,
    signal,
    processes,
    bell,
    log,
    ...(options.firingPace && { pace: options.firingPace }),
  });

  return {
    ended: Promise.all([following, fired]).then(() => (stopped === undefined ? {} : { stopped })),
    status: async () => {
      const figures = await readStatus(pool, store, PROCESS_MANAGER, FILTER, clock);
      const timers = await timersStatus(pool, Object.keys(processes), timersNow(clock));
      const status = seenFromWithin(figures, { stopped, last });
      return { ...status, timers, ready: status.state !== 'stopped' && status.state !== 'retrying' };
    },
  };
};

/** What a batch of facts means here; in the transaction in which the checkpoint moves. */
const react = async (events: readonly RecordedEvent[], tx: PoolClient): Promise<void> => {
  const complaints: ComplaintFact[] = [];
  for (const event of events) {
    const kind = READ.find((one) => event.stream.startsWith(prefixOf(one)));
    if (!kind) throw new UnknownFact(`${event.stream} is none of ours`);
    // Calls and recurrences are decoded as well: an unknown kind of fact stops the follower (docs/formats.md, Followers).
    const fact = codecOf(kind).decode(event);
    if (kind === complaintStreams) complaints.push(fact as ComplaintFact);
  }
  await setTimers(tx, await takeIn(complaints, tx));
};

/** How facts are taken in: by the follower, and again by whoever replays what was parked (`operate replay`). */
export const takingIn: Follower = {
  subscription: PROCESS_MANAGER,
  filter: FILTER,
  onPoison: 'park',
  apply: react,
};
