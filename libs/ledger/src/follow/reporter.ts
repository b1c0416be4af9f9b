import type { Pool } from 'pg';
import type { Clock } from '#time/clock';
import type { EventFilter, EventStore, Position } from '../stream/port.ts';
import { backoffMs } from '#resilience/backoff';
import { within } from '#resilience/deadline';
import { pause } from '#resilience/pause';
import { countParked } from './parking.ts';
import { measureLag, stateOf, type FollowerStatus } from './status.ts';

/** At most this often, in milliseconds: a busy follower has better things to do. */
const EVERY_MS = 200;
/**
 * Counting is reading. Far behind it would take as much as the work, so it is done seldom there, and gets no more than
 * this share of the time; at the head it costs nothing and is always done.
 */
const COUNT = { share: 1 / 50, leastMs: 5_000, mostMs: 15_000 };
/** A count that failed is made up for, also when nothing else happens: somebody may wait for its figures. */
const COUNT_AGAIN = { firstMs: 200, maxMs: 5_000 };
/** How long the last word may take to count, when the database is away. */
const LAST_WORD_MS = 1000;

/**
 * Tells how a follower fares, beside its work and never in its way: at most five times a second, and always the last
 * state. While the database is away the last known figures stand.
 */
export class Reporter {
  private position: Position | undefined;
  private trouble: { state: 'retrying' | 'stopped' | 'standby'; error?: string } | undefined;
  private known = { lagFacts: 0, lagIsAtLeast: true, lagSeconds: 0, parked: 0, parkedBehind: 0 };
  private due = false;
  /** Whether the figures are wanted now, and when they are at the latest. */
  private countNow = false;
  private countAt = performance.now() + COUNT.leastMs;
  /** How many counts have failed since the last one that did not. */
  private failedCounts = 0;
  private running: Promise<void> | undefined;
  /** Ends the pause between two words. */
  private hurry = new AbortController();
  private hasCaughtUp = false;
  private ended = false;

  constructor(
    private readonly about: {
      pool: Pool;
      store: EventStore;
      subscription: string;
      filter: EventFilter | undefined;
      clock: Clock | undefined;
    },
    private readonly tell: ((status: FollowerStatus) => void) | undefined,
  ) {}

  standsAt(position: Position | undefined): void {
    this.position = position;
    this.trouble = undefined;
    this.note();
  }

  /** It has read all there is. */
  caughtUp(): void {
    this.countNow = true;
    this.note();
    // The first time, somebody waits for it: a start to be ready, a rebuild to go on.
    if (!this.hasCaughtUp) this.hurry.abort();
    this.hasCaughtUp = true;
  }

  retrying(error?: string): void {
    this.countNow ||= this.trouble?.state !== 'retrying';
    this.trouble = { state: 'retrying', ...(error !== undefined && { error }) };
    this.note();
  }

  /** Another one follows; the figures are its business. */
  standsBy(): void {
    this.trouble = { state: 'standby' };
    this.note();
  }

  /** The last word; returns when it was said. */
  async stopped(error?: string): Promise<void> {
    this.ended = true;
    this.hurry.abort();
    await this.running;
    this.trouble = { state: 'stopped', ...(error !== undefined && { error }) };
    await within(this.count(), { ms: LAST_WORD_MS }, () => undefined);
    this.say();
  }

  private note(): void {
    if (!this.tell || this.ended) return;
    this.due = true;
    this.running ??= this.sayWhileDue();
  }

  private async sayWhileDue(): Promise<void> {
    while ((this.due || this.owesACount) && !this.ended) {
      const counts = this.countNow || performance.now() >= this.countAt;
      if (this.due || counts) {
        this.due = false;
        if (this.trouble?.state !== 'standby' && counts) await this.count();
        this.say();
      }
      await pause(EVERY_MS, this.hurry.signal);
      this.hurry = new AbortController();
    }
    this.running = undefined;
  }

  /** Who stands by owes none: the figures are somebody else's. */
  private get owesACount(): boolean {
    return this.failedCounts > 0 && this.trouble?.state !== 'standby';
  }

  private async count(): Promise<void> {
    if (!this.tell) return;
    this.countNow = false;
    const begun = performance.now();
    const { pool, store, subscription, filter, clock } = this.about;
    try {
      const lag = await measureLag(store, subscription, filter, this.position, clock);
      this.known = { ...lag, ...(await countParked(pool, subscription)) };
      this.failedCounts = 0;
    } catch {
      // Whoever follows says what is wrong; here the last known figures stand.
      this.countAt = performance.now() + backoffMs(COUNT_AGAIN, this.failedCounts++);
      return;
    }
    const took = performance.now() - begun;
    this.countAt = performance.now() + Math.min(Math.max(COUNT.leastMs, took / COUNT.share), COUNT.mostMs);
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
