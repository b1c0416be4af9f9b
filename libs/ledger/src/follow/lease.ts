import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import type { Position } from '../stream/port.ts';
import { within } from '#resilience/deadline';
import { pause } from '#resilience/pause';

/** How long a subscription stays with who follows it, and how soon somebody else takes it on. */
export interface LeasePace {
  /** Whoever is silent for so long has lost it. */
  readonly leaseMs: number;
  /** How often a follower that stands by looks whether it is its turn. */
  readonly lookMs: number;
}

/** A dead follower is replaced within leaseMs + lookMs, and one that gave back within lookMs. */
export const LEASE: LeasePace = { leaseMs: 6_000, lookMs: 1_000 };

/** Renewed by then, unless a move of the checkpoint has done so meanwhile. */
const RENEWALS_PER_LEASE = 3;
/** How long a stop waits for the database to take a lease back. */
const FAREWELL_MS = 2_000;

/** Leases need no disk: one that the database loses in a crash is found lost, because its token is not there. */
const ASYNC_COMMIT = `async_commit as materialized (select set_config('synchronous_commit', 'off', true))`;

/**
 * The right to follow a subscription for a while. Its token is minted with each acquisition and stands in the
 * checkpoint's row; nothing moves the checkpoint under a token that does not stand there any more. Only the database's
 * clock says when a lease is over.
 */
export class Lease {
  private readonly over = new AbortController();
  private readonly keeping: Promise<void>;

  private constructor(
    private readonly pool: Pool,
    readonly subscription: string,
    /** The fencing token. */
    readonly token: string,
    readonly leaseMs: number,
    private confirmedAt: number,
  ) {
    this.keeping = this.keep();
  }

  /** Undefined: somebody has it, or works on its row at this moment. */
  static async take(
    pool: Pool,
    subscription: string,
    leaseMs: number,
    holder: string = whoWeAre(),
  ): Promise<Lease | undefined> {
    const token = randomUUID();
    const askedAt = performance.now();
    const take = async (): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `with ${ASYNC_COMMIT},
              free as (select c.subscription from es.checkpoints c, async_commit
                        where c.subscription = $1 and (c.owner is null or c.lease_until <= clock_timestamp())
                          for update of c skip locked)
         update es.checkpoints c
            set owner = $2, holder = $3, lease_until = clock_timestamp() + $4 * interval '1 millisecond',
                stopped = null -- Whoever has it now says so anew, if he stops too.
           from free where c.subscription = free.subscription`,
        [subscription, token, holder, leaseMs],
      );
      return rowCount === 1;
    };
    if (!(await take())) {
      const { rowCount: made } = await pool.query(
        'insert into es.checkpoints (subscription) values ($1) on conflict (subscription) do nothing',
        [subscription],
      );
      if (made === 0 || !(await take())) return undefined;
    }
    return new Lease(pool, subscription, token, leaseMs, askedAt);
  }

  /** Aborted when somebody else may have the subscription, or it was given back. */
  get lost(): AbortSignal {
    return this.over.signal;
  }

  /** Where the checkpoint stands; throws LeaseLost when it is not ours any more. */
  async position(): Promise<Position | undefined> {
    const { rows } = await this.pool.query<{ position: Position | null }>(
      'select position from es.checkpoints where subscription = $1 and owner = $2',
      [this.subscription, this.token],
    );
    if (!rows[0]) throw this.lose();
    return rows[0].position ?? undefined;
  }

  /** Before something that no transaction can take back: asks the database, unless it said so within the lease. */
  async confirm(): Promise<void> {
    if (!this.over.signal.aborted && performance.now() < this.confirmedAt + this.leaseMs) return;
    await this.position();
  }

  /** A move of the checkpoint has prolonged it; `askedAt`: when that was asked for, by this process's clock. */
  prolonged(askedAt: number): void {
    this.confirmedAt = Math.max(this.confirmedAt, askedAt);
  }

  lose(): LeaseLost {
    this.over.abort();
    return new LeaseLost(`${this.subscription} is followed by another one`);
  }

  /** Whoever stands by may go on at once. `stopped`: why its follower stopped, for others to see. */
  async giveBack(stopped?: string): Promise<void> {
    const wasOurs = !this.over.signal.aborted;
    this.over.abort();
    await this.keeping;
    if (!wasOurs) return;
    const giving = this.pool.query(
      `update es.checkpoints set owner = null, holder = null, lease_until = null, stopped = coalesce($3, stopped)
        where subscription = $1 and owner = $2`,
      [this.subscription, this.token, stopped ?? null],
    );
    // When it is late or fails, the lease's end comes by itself.
    await within(giving, { ms: FAREWELL_MS }, () => undefined).catch(() => undefined);
  }

  private async keep(): Promise<void> {
    const everyMs = this.leaseMs / RENEWALS_PER_LEASE;
    for (;;) {
      await pause(everyMs, this.over.signal);
      if (this.over.signal.aborted) return;
      // While the database is away nobody can take the lease either; whoever works meets its absence himself.
      if (performance.now() - this.confirmedAt >= everyMs) await this.renew().catch(() => undefined);
    }
  }

  /** Waits for nobody: a row that is locked is being worked on, by us or by a switch, and will be looked at again. */
  private async renew(): Promise<void> {
    const askedAt = performance.now();
    const { rows } = await this.pool.query<{ owner: string | null }>(
      `with ${ASYNC_COMMIT},
            mine as (select c.subscription, c.owner from es.checkpoints c, async_commit
                      where c.subscription = $1 for update of c skip locked),
            renewed as (update es.checkpoints c set lease_until = clock_timestamp() + $3 * interval '1 millisecond'
                          from mine where c.subscription = mine.subscription and mine.owner = $2)
       select owner from mine`,
      [this.subscription, this.token, this.leaseMs],
    );
    if (!rows[0]) return;
    if (rows[0].owner === this.token) this.prolonged(askedAt);
    else this.lose();
  }
}

/** Another one follows the subscription now. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** Shown to who operates the service: a machine's name and a process's number. */
const whoWeAre = (): string => `${hostname()}:${process.pid}`;
