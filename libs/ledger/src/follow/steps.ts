import type { PoolClient } from 'pg';
import { inTransaction } from '../../../postgres/src/database.ts';
import type { FollowOptions } from '../follow.ts';
import type { Position, RecordedEvent } from '../port.ts';
import { Fenced, holdCheckpoint, moveCheckpoint } from './checkpoint.ts';
import { FollowerStopped, failureOf, nameOf, whereOf } from './failure.ts';
import { PACE, backOff } from './pace.ts';
import { BEHIND, park, parkedStreams } from './parking.ts';
import type { Reporter } from './reporter.ts';

/** The following was ended while it waited to try again. */
class Ended extends Error {}

/** The steps of one follower: each is a transaction that moves its checkpoint, or no step at all. */
export class Steps {
  constructor(
    private readonly options: FollowOptions,
    private readonly reporter: Reporter,
  ) {}

  /** Applies a batch, whatever it takes, and answers where the checkpoint stands then. */
  async settle(from: Position | undefined, events: readonly RecordedEvent[], to: Position): Promise<Position> {
    const pace = this.options.pace ?? PACE;
    for (let transient = 0, alone = 1; ;) {
      try {
        return await this.apply(from, events, to);
      } catch (error) {
        if (error instanceof Fenced) throw error;
        const failure = failureOf(error);
        if (failure === 'transient') {
          this.retrying(error, transient);
          await this.wait(transient++);
        } else if (events.length > 1) {
          // One of them cannot be applied. Halve until it stands alone; what lies before it is applied on the way.
          const half = events.length >> 1;
          const middle = await this.settle(from, events.slice(0, half), events[half - 1]!.position);
          return this.settle(middle, events.slice(half), to);
        } else if (failure === 'unknown-fact' || alone >= pace.attempts) {
          return this.giveUpOn(from, events[0]!, to, error, alone);
        } else {
          this.retrying(error, alone);
          await this.wait(alone++);
        }
      }
    }
  }

  /** Moves the checkpoint over a range that the filter left out. */
  async passOver(from: Position | undefined, to: Position): Promise<Position | undefined> {
    if (from !== undefined && to <= from) return from;
    await inTransaction(this.options.pool, async (tx) => {
      // Losing this in a crash costs reading the range again, so nobody waits for the disk.
      await tx.query('set local synchronous_commit = off');
      await this.move(tx, from, to);
    });
    return to;
  }

  stop(error: unknown, event?: RecordedEvent): FollowerStopped {
    const { subscription } = this.options.follower;
    const reason = nameOf(error);
    const hint =
      failureOf(error) === 'unknown-fact' ? 'this program is older than the ledger: upgrade it' : 'it may not go on';
    this.options.log?.error(
      { subscription, error: reason, where: whereOf(error), ...placeOf(event) },
      `follower stopped: ${hint}`,
    );
    return new FollowerStopped(subscription, reason);
  }

  retrying(error: unknown, attempt: number): void {
    const reason = nameOf(error);
    this.reporter.retrying(reason);
    this.options.log?.warn(
      { subscription: this.options.follower.subscription, error: reason, where: whereOf(error), attempt },
      'follower tries again',
    );
  }

  private async apply(from: Position | undefined, events: readonly RecordedEvent[], to: Position): Promise<Position> {
    const { pool, follower } = this.options;
    await inTransaction(pool, async (tx) => {
      await holdCheckpoint(tx, follower.subscription, from);
      const parked = await parkedStreams(tx, follower.subscription, events);
      const ready = events.filter((event) => !parked.has(event.stream));
      const behind = events.filter((event) => parked.has(event.stream));
      if (ready.length > 0) await follower.apply(ready, tx);
      if (behind.length > 0) await park(tx, follower.subscription, behind, { error: BEHIND, attempts: 0 });
      await moveCheckpoint(tx, follower.subscription, from, to);
    });
    this.reporter.standsAt(to);
    return to;
  }

  private async giveUpOn(
    from: Position | undefined,
    event: RecordedEvent,
    to: Position,
    error: unknown,
    attempts: number,
  ): Promise<Position> {
    const { pool, follower, log } = this.options;
    if (follower.onPoison === 'stop' || failureOf(error) === 'unknown-fact') throw this.stop(error, event);
    await inTransaction(pool, async (tx) => {
      await holdCheckpoint(tx, follower.subscription, from);
      await park(tx, follower.subscription, [event], { error: nameOf(error), attempts });
      await moveCheckpoint(tx, follower.subscription, from, to);
    });
    this.reporter.standsAt(to);
    log?.error(
      { subscription: follower.subscription, error: nameOf(error), where: whereOf(error), ...placeOf(event) },
      'fact parked, with what follows in its stream',
    );
    return to;
  }

  private async move(tx: PoolClient, from: Position | undefined, to: Position): Promise<void> {
    await holdCheckpoint(tx, this.options.follower.subscription, from);
    await moveCheckpoint(tx, this.options.follower.subscription, from, to);
  }

  private async wait(attempt: number): Promise<void> {
    await backOff(this.options.pace ?? PACE, attempt, this.options.signal);
    if (this.options.signal.aborted) throw new Ended();
  }
}

const placeOf = (event: RecordedEvent | undefined): object =>
  event
    ? { stream: event.stream, revision: event.revision.toString(), position: event.position, type: event.type }
    : {};
