import type { Pool } from 'pg';
import type { EventFilter, EventStore, Position } from '../port.ts';
import { pause } from './pace.ts';
import { countParked } from './parking.ts';
import { measureLag, stateOf, type FollowerStatus } from './status.ts';

/** At most this often, in milliseconds: a busy follower has better things to do. */
const EVERY_MS = 200;
/** How long the last word may take to count, when the database is away. */
const LAST_WORD_MS = 1000;

/**
 * Tells how a follower fares, beside its work and never in its way: at most five times a second, and always the last
 * state. While the database is away the last known figures stand.
 */
export class Reporter {
  private position: Position | undefined;
  private trouble: { state: 'retrying' | 'stopped'; error?: string } | undefined;
  private known = { lagFacts: 0, lagIsAtLeast: true, lagSeconds: 0, parked: 0 };
  private due = false;
  private running: Promise<void> | undefined;
  private readonly ended = new AbortController();

  constructor(
    private readonly about: { pool: Pool; store: EventStore; subscription: string; filter: EventFilter | undefined },
    private readonly tell: ((status: FollowerStatus) => void) | undefined,
  ) {}

  standsAt(position: Position | undefined): void {
    this.position = position;
    this.trouble = undefined;
    this.note();
  }

  retrying(error?: string): void {
    this.trouble = { state: 'retrying', ...(error !== undefined && { error }) };
    this.note();
  }

  /** The last word; returns when it was said. */
  async stopped(error?: string): Promise<void> {
    this.ended.abort();
    await this.running;
    this.trouble = { state: 'stopped', ...(error !== undefined && { error }) };
    const counted = new AbortController();
    await Promise.race([this.count().finally(() => counted.abort()), pause(LAST_WORD_MS, counted.signal)]);
    this.say();
  }

  private note(): void {
    if (!this.tell || this.ended.signal.aborted) return;
    this.due = true;
    this.running ??= this.sayWhileDue();
  }

  private async sayWhileDue(): Promise<void> {
    while (this.due && !this.ended.signal.aborted) {
      this.due = false;
      await this.count();
      this.say();
      await pause(EVERY_MS, this.ended.signal);
    }
    this.running = undefined;
  }

  private async count(): Promise<void> {
    if (!this.tell) return;
    const { pool, store, subscription, filter } = this.about;
    try {
      const lag = await measureLag(store, subscription, filter, this.position);
      this.known = { ...lag, parked: await countParked(pool, subscription) };
    } catch {
      // Whoever follows says what is wrong; here the last known figures stand.
    }
  }

  private say(): void {
    const { subscription } = this.about;
    try {
      this.tell?.({
        subscription,
        ...(this.position !== undefined && { position: this.position }),
        ...this.known,
        ...(this.trouble ?? { state: stateOf(this.known) }),
      });
    } catch {
      // A listener's fault is not the follower's.
    }
  }
}
