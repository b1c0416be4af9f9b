import pg from 'pg';
import { StoreUnavailable, type EventStore } from '#ledger/stream/port';
import { cutOff } from '#postgres/cut-off';
import { backoffMs } from '#resilience/backoff';
import { countdown, within } from '#resilience/deadline';
import { pause } from '#resilience/pause';

/**
 * Every program holds this lock of its database, shared, for as long as it lives; an operator's command that needs quiet
 * holds it alone. NOTE: programs and commands of all versions agree on it. Any number that nobody else uses.
 */
export const PROGRAM_LOCK = '7305808869229541';

/** A command that moves or restores a ledger is at work; the message says what to do. */
export class OperatorAtWork extends Error {
  override readonly name = 'OperatorAtWork';
}

export interface ProgramLockOptions {
  /** Shows in the database's list of connections. */
  readonly name: string;
  readonly log: { warn(about: object, message: string): void };
  /** How often the connection is tried, and how long an answer may take, in milliseconds. */
  readonly beatMs?: number;
}

/** The lock of who has just ended is let go a moment later. */
const PATIENCE_MS = 2_000;
const BEAT_MS = 10_000;
/** Three of them are half of what the server waits for a peer that is gone. */
const SILENT_BEATS = 3;
const LOST = 'the connection that holds the program lock is lost';
const RETAKE = { firstMs: 50, maxMs: 5_000 };

/**
 * The server gives up a peer that is gone after a minute, and nothing on this connection is too idle for it. A program that
 * is cut off knows of it after two beats, long before its lock is free. Settings that a server does not know are left out.
 */
export const KEPT_ALIVE = `select set_config(name, value, false)
  from (values ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'),
               ('tcp_user_timeout', '60000'), ('idle_session_timeout', '0')) as wanted (name, value)
  join pg_settings using (name)`;

/**
 * That a program is there, shown to operators' commands by a connection of its own: the pools of an idle program hold none.
 * While it is lost, or when the database serves another ledger after it, the program must not write to its ledger.
 */
export class ProgramLock {
  private client: pg.Client | undefined;
  private epoch: string | undefined;
  private standing: 'held' | 'lost' | 'elsewhere' | 'ended' = 'held';
  /** When the server was last asked and answered. */
  private heard = 0;
  private readonly beatMs: number;
  private readonly ending = new AbortController();

  private constructor(
    private readonly url: string,
    private readonly options: ProgramLockOptions,
  ) {
    this.beatMs = options.beatMs ?? BEAT_MS;
  }

  /** Before the start proves which ledger the database serves. Throws OperatorAtWork, and whatever the database says. */
  static async take(url: string, options: ProgramLockOptions): Promise<ProgramLock> {
    const programLock = new ProgramLock(url, options);
    for (const left = countdown(PATIENCE_MS); !(await programLock.hold()); await pause(100))
      if (left() === 0)
        throw new OperatorAtWork(
          'An operator’s command is running on this database (copy, restore or restored): start the program when it has ended.',
        );
    return programLock;
  }

  /** The start has proven this ledger, while the lock was held. Throws StoreUnavailable when it was not. */
  serves(epoch: string): void {
    if (this.standing !== 'held') throw new StoreUnavailable('the database was lost during the start');
    this.epoch = epoch;
  }

  /** Why nothing may be written now, in a sentence's end. */
  get trouble(): string | undefined {
    switch (this.standing) {
      case 'lost':
        return LOST;
      case 'elsewhere':
        return 'the database serves another ledger now: start this program again, with the settings of that one';
      case 'held':
        // Who wakes up on a machine that slept holds a connection of which nobody knows any more.
        return Date.now() - this.heard > SILENT_BEATS * this.beatMs ? LOST : undefined;
      case 'ended':
        return undefined;
    }
  }

  async close(): Promise<void> {
    this.standing = 'ended';
    this.ending.abort();
    await farewell(this.client);
  }

  /** Undefined: a command holds it alone. */
  private async hold(): Promise<pg.Client | undefined> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: this.options.name,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      query_timeout: this.beatMs,
    });
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    let asked = 0;
    try {
      await client.connect();
      await client.query(KEPT_ALIVE);
      asked = Date.now();
      const { rows } = await client.query<{ held: boolean }>(
        `select pg_try_advisory_lock_shared(${PROGRAM_LOCK}) as held`,
      );
      if (!rows[0]!.held || this.ending.signal.aborted) return void (await farewell(client));
    } catch (error) {
      cutOff(client);
      throw error;
    }
    this.client = client;
    this.heard = asked;
    stayFor(client, false); // it shows that the program lives, and is no reason why it should
    void this.beat(client);
    return client;
  }

  /** A server that falls silent is lost, too. */
  private async beat(client: pg.Client): Promise<void> {
    while (this.client === client && (await this.waited(this.beatMs))) {
      const asked = Date.now();
      await client.query('select').then(
        () => void (this.heard = asked),
        () => this.lose(client),
      );
    }
  }

  private lose(client: pg.Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    cutOff(client);
    if (this.standing !== 'held') return;
    this.standing = 'lost';
    this.options.log.warn({ part: 'program-lock' }, 'the connection that holds the program lock broke');
    if (this.epoch !== undefined) void this.retake(this.epoch);
  }

  /** Whoever moved or restored the ledger meanwhile has renewed its epoch. */
  private async retake(epoch: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      if (!(await this.waited(backoffMs(RETAKE, attempt)))) return;
      let client: pg.Client | undefined;
      try {
        client = await this.hold();
        if (!client) continue;
        const { rows } = await client.query<{ epoch: string }>('select epoch from es.served_ledger');
        if (this.client !== client || this.standing !== 'lost') continue;
        if (rows[0]?.epoch === epoch) {
          this.standing = 'held';
          return this.options.log.warn({ part: 'program-lock' }, 'the program lock is held again');
        }
        this.standing = 'elsewhere';
        this.client = undefined;
        this.options.log.warn({ part: 'program-lock' }, this.trouble!);
        return await farewell(client);
      } catch {
        if (client) this.lose(client);
      }
    }
  }

  /** False: the program has ended. */
  private async waited(ms: number): Promise<boolean> {
    await pause(ms, this.ending.signal, { ref: false });
    return !this.ending.signal.aborted;
  }
}

/** A silent server's goodbye is not waited for; a process that ends waits for everybody else's. */
const farewell = async (client: pg.Client | undefined): Promise<void> => {
  if (!client) return;
  stayFor(client, true);
  await within(client.end(), { ms: PATIENCE_MS }, () => cutOff(client)).catch(() => undefined);
};

/** Whether the process stays alive for this connection. The driver's types leave these two out. */
const stayFor = (client: pg.Client, stay: boolean): void =>
  (client as unknown as { ref(): void; unref(): void })[stay ? 'ref' : 'unref']();

/** The ledger, unready and closed for writing while the program may not write. Reading goes on: what was recorded is so. */
export const onlyWhileLocked = (store: EventStore, programLock: Pick<ProgramLock, 'trouble'>): EventStore => {
  const append: EventStore['append'] = async (...asked) => {
    if (programLock.trouble !== undefined) throw new StoreUnavailable(programLock.trouble);
    return store.append(...asked);
  };
  const health: EventStore['health'] = async () => {
    const { trouble } = programLock;
    return { ...(await store.health()), ...(trouble !== undefined && { ok: false, detail: trouble }) };
  };
  return {
    get interruptions() {
      return store.interruptions;
    },
    ...(store.watch && { watch: (stream: string) => store.watch!(stream) }),
    epoch: () => store.epoch(),
    append,
    readStream: (...asked) => store.readStream(...asked),
    readAll: (...asked) => store.readAll(...asked),
    subscribe: (...asked) => store.subscribe(...asked),
    head: () => store.head(),
    health,
    close: () => store.close(),
  };
};
