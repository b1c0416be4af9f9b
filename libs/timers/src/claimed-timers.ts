import type { Pool } from 'pg';
import { pause } from '#resilience/pause';
import { keepClaimed, release, type DueTimer } from './claim.ts';

/** Prolonged so often within a lease. */
const RENEWALS_PER_LEASE = 3;

/**
 * The timers that one claim has taken on and not done with. It is prolonged for as long as it holds any, so that a slow
 * command lets nobody else at its ordering key; who falls silent for a lease has lost them, and begins none of them any more.
 */
export class ClaimedTimers {
  private readonly ids: Set<string>;
  private readonly empty = new AbortController();

  constructor(
    private readonly pool: Pool,
    readonly by: string,
    private readonly leaseMs: number,
    timers: readonly DueTimer[],
    /** When it was last asked for, by this process's monotonic clock. */
    private askedAt: number,
  ) {
    this.ids = new Set(timers.map(({ id }) => id));
  }

  /** Whether nobody else can have claimed it. */
  has(timer: DueTimer): boolean {
    return this.ids.has(timer.id) && performance.now() < this.askedAt + this.leaseMs;
  }

  done(timer: DueTimer): void {
    this.drop(timer.id);
  }

  /** Timers that were not begun. When that cannot be written, the lease's end brings them back. */
  async giveBack(timers: readonly DueTimer[]): Promise<void> {
    const ids = timers.filter(({ id }) => this.drop(id)).map(({ id }) => id);
    await release(this.pool, this.by, ids).catch(() => undefined);
  }

  /** Until it holds none any more. */
  async keep(): Promise<void> {
    for (;;) {
      await pause(this.leaseMs / RENEWALS_PER_LEASE, this.empty.signal);
      if (this.ids.size === 0) return;
      const askedAt = performance.now();
      try {
        const kept = await keepClaimed(this.pool, { by: this.by, ids: [...this.ids], leaseMs: this.leaseMs });
        for (const id of [...this.ids]) if (!kept.has(id)) this.drop(id);
        this.askedAt = askedAt;
      } catch {
        // While the database is away nobody can claim either; when it is back, the lease may be over.
      }
    }
  }

  private drop(id: string): boolean {
    const was = this.ids.delete(id);
    if (this.ids.size === 0) this.empty.abort();
    return was;
  }
}
