import type { Pool, PoolClient } from 'pg';
import type { Clock } from '#time/clock';
import type { EventFilter, EventStore, RecordedEvent } from '../stream/port.ts';
import type { LeasePace } from './lease.ts';
import type { Pace } from './pace.ts';
import type { FollowerStatus } from './status.ts';

/** What anybody who follows the ledger is known by, and what of it they are told. */
export interface Subscriber {
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
  /** Told of each batch that was applied, when others can see what it has written. */
  readonly committed?: () => void;
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
  /** How old facts are by. Default: the machine's. */
  readonly clock?: Clock;
  readonly pace?: Pace;
  readonly lease?: LeasePace;
}
