import type { FollowOptions, Follower } from './follower.ts';
import type { Position, RecordedEvent } from '../stream/port.ts';
import { Fenced, moveAlone, step } from './checkpoint.ts';
import { failureOf, nameOf } from './failure.ts';
import { LeaseLost, type Lease } from './lease.ts';
import { backOff } from '#resilience/backoff';
import { PACE } from './pace.ts';
import { BEHIND, park, parkedStreams } from './parking.ts';
import type { Reporter } from './reporter.ts';
import type { RecurringErrors } from './recurring-errors.ts';

/** The following was ended while it waited to try again. */
class Ended extends Error {}

/** The steps of one follower under one lease: each moves its checkpoint, or is no step at all. */
export class Steps {
  /** The batch that a teller has sent, and whose end the database does not know of yet. */
  private sent: { readonly from: Position | undefined; readonly to: Position } | undefined;

  constructor(
    private readonly options: FollowOptions,
    private readonly lease: Lease,
    private readonly over: AbortSignal,
    private readonly recurring: RecurringErrors,
    private readonly reporter: Reporter,
  ) {}

  /** Where the checkpoint was found. Elsewhere than before what was sent, it was moved: by us after all, or set back to send again. */
  goesOnFrom(position: Position | undefined): void {
    if (this.sent?.from !== position) this.sent = undefined;
  }

  /** Applies a batch, whatever it takes, and answers where the checkpoint stands then. */
  async settle(from: Position | undefined, events: readonly RecordedEvent[], to: Position): Promise<Position> {
    const pace = this.options.pace ?? PACE;
    for (let transient = 0, alone = 1; ;) {
      try {
        return await this.take(from, events, to);
      } catch (error) {
        if (error instanceof Fenced || error instanceof LeaseLost) throw error;
        const failure = failureOf(error);
        if (failure === 'transient') {
          this.recurring.retrying(error, transient);
          await this.wait(transient++);
        } else if (events.length > 1) {
          // One of them cannot be applied. Halve until it stands alone; what lies before it is applied on the way.
          const half = events.length >> 1;
          const middle = await this.settle(from, events.slice(0, half), events[half - 1]!.position);
          return this.settle(middle, events.slice(half), to);
        } else if (failure === 'unknown-fact' || alone >= pace.attempts) {
          return this.giveUpOn(from, events[0]!, to, error, alone);
        } else {
          this.recurring.retrying(error, alone);
          await this.wait(alone++);
        }
      }
    }
  }

  /** Moves the checkpoint over a range that the filter left out. */
  async passOver(from: Position | undefined, to: Position): Promise<Position | undefined> {
    if (from !== undefined && to <= from) return from;
    await this.prolonging(() => moveAlone(this.options.pool, this.lease, from, to));
    return to;
  }

  private async take(from: Position | undefined, events: readonly RecordedEvent[], to: Position): Promise<Position> {
    const { follower } = this.options;
    if ('apply' in follower) await this.apply(follower, from, events, to);
    else {
      if (this.sent?.from !== from || this.sent?.to !== to) {
        await this.lease.confirm();
        await follower.send(events);
        this.sent = { from, to };
      }
      await this.prolonging(() => moveAlone(this.options.pool, this.lease, from, to));
      this.sent = undefined;
    }
    this.reporter.standsAt(to);
    return to;
  }

  private async apply(
    { subscription, apply, committed, asyncCommit = false }: Follower,
    from: Position | undefined,
    events: readonly RecordedEvent[],
    to: Position,
  ): Promise<void> {
    await this.prolonging(() =>
      step(
        this.options.pool,
        this.lease,
        from,
        to,
        async (tx, anyParked) => {
          const parked = anyParked ? await parkedStreams(tx, subscription, events) : NONE;
          const ready = parked.size === 0 ? events : events.filter((event) => !parked.has(event.stream));
          const behind = parked.size === 0 ? [] : events.filter((event) => parked.has(event.stream));
          if (ready.length > 0) await apply(ready, tx);
          if (behind.length > 0) await park(tx, subscription, behind, { error: BEHIND, attempts: 0 });
        },
        { asyncCommit },
      ),
    );
    committed?.();
  }

  private async giveUpOn(
    from: Position | undefined,
    event: RecordedEvent,
    to: Position,
    error: unknown,
    attempts: number,
  ): Promise<Position> {
    const { pool, follower } = this.options;
    if (!('apply' in follower) || follower.onPoison === 'stop' || failureOf(error) === 'unknown-fact')
      throw this.recurring.stop(error, event);
    const { subscription } = follower;
    await this.prolonging(() =>
      step(pool, this.lease, from, to, (tx) => park(tx, subscription, [event], { error: nameOf(error), attempts })),
    );
    this.reporter.standsAt(to);
    this.recurring.parked(event, error);
    return to;
  }

  /** Every move of the checkpoint prolongs the lease as well. */
  private async prolonging(move: () => Promise<void>): Promise<void> {
    const askedAt = performance.now();
    await move();
    this.lease.prolonged(askedAt);
  }

  private async wait(attempt: number): Promise<void> {
    await backOff(this.options.pace ?? PACE, attempt, this.over);
    if (this.over.aborted) throw new Ended();
  }
}

const NONE: ReadonlySet<string> = new Set();
