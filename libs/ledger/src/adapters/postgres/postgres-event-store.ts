import pg from 'pg';
import { isSilence, openDatabase } from '#postgres/database';
import { checkAppend } from '../../stream/check-append.ts';
import {
  ForeignPosition,
  StoreUnavailable,
  type AppendOptions,
  type AppendResult,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type RecordedEvent,
  type SubscribeOptions,
  type SubscriptionSignal,
} from '../../stream/port.ts';
import { SharedPages } from '../paging/shared-pages.ts';
import { numberOf, printPosition } from '../../stream/position.ts';
import { backOff } from '#resilience/backoff';
import { countdown } from '#resilience/deadline';
import { jointSignal } from '#resilience/joint-signal';
import { Bell } from '../../stream/bell.ts';
import { AppendConnection, type AppendMember } from './append-connection.ts';
import { bodyOf } from './append-body.ts';
import { GroupCommit, type GroupCommitLimits } from './group-commit.ts';
import { StreamPages, type StreamPage } from './stream-pages.ts';
import {
  eventOf,
  eventsOf,
  FILTERED_SPAN,
  readAllStatement,
  type EventRow,
  type HeadRow,
  type PageRow,
} from './read-events.ts';

export interface PostgresEventStoreOptions {
  /** The database whose schema `es` was made by `ledgerMigrations`. */
  readonly url: string;
  readonly limits?: Partial<GroupCommitLimits>;
  /** How long a read is tried again while the database cannot be reached. Default 3 s. */
  readonly readPatienceMs?: number;
}

const LIMITS: GroupCommitLimits = {
  batchMembers: 64,
  batchBytes: 256 * 1024,
  queueMembers: 2_000,
  queueBytes: 32 * 1024 * 1024,
};
const STREAM_PAGE = 500;
/**
 * How long a connection may say nothing the first time. After a fail-over without a goodbye nothing ever comes back on
 * those that stand, and all that they are asked would wait as long as the slowest page may take.
 */
const SILENCE_MS = 5_000;
/** How long a page may take: pages are bounded, but disks may be cold. Who was too slow the first time has this long. */
const STATEMENT_TIMEOUT_MS = 15_000;
const LAST = 9223372036854775807n;

/** The ledger on PostgreSQL. Facts are INSERTs only; positions are without gaps and in commit order (append-many.sql.ts). */
export class PostgresEventStore implements EventStore {
  private readonly pool: pg.Pool;
  private readonly connection: AppendConnection;
  private readonly commits: GroupCommit;
  private readonly bell = new Bell();
  private readonly followed = new SharedPages((page) => this.readAll(page));
  private readonly pages = new StreamPages((statement) => this.query(statement));
  private readonly closing = new AbortController();
  private readonly readPatienceMs: number;
  private knownEpoch: string | undefined;

  constructor(options: PostgresEventStoreOptions) {
    this.pool = openDatabase(options.url, {
      name: 'redress-ledger',
      max: 8,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    this.connection = new AppendConnection({ connectionString: options.url });
    this.readPatienceMs = options.readPatienceMs ?? 3_000;
    this.commits = new GroupCommit(
      async (members) => {
        const outcomes = await this.connection.send(members as readonly AppendMember[]);
        this.bell.ring();
        return outcomes;
      },
      { ...LIMITS, ...options.limits },
    );
  }

  get interruptions(): number {
    return this.connection.losses;
  }

  async epoch(): Promise<string> {
    return (this.knownEpoch ??= (
      await this.query<{ epoch: string }>({ name: 'epoch', text: 'select epoch from es.head' })
    )[0]!.epoch);
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly [NewEvent, ...NewEvent[]],
    options: AppendOptions = {},
  ): Promise<AppendResult> {
    const body = bodyOf(stream, expected, checkAppend(events), options);
    const member: AppendMember = {
      stream,
      expected,
      facts: events.length,
      body,
      bytes: Buffer.byteLength(body),
      ...(options.since !== undefined && { since: options.since }),
    };
    return this.commits.append(member, options);
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent, void> {
    const { direction = 'forwards', maxCount = Infinity, atOnce = false, signal } = options;
    let left = maxCount;
    const pageFrom = (from: bigint): Promise<StreamPage> | undefined => {
      if (left <= 0) return undefined;
      const page = this.pages.read({ stream, direction, from, count: Math.min(left, STREAM_PAGE), atOnce });
      page.catch(() => undefined); // told when it is its turn, if ever
      return page;
    };
    signal?.throwIfAborted();
    let next = pageFrom(options.fromRevision ?? (direction === 'forwards' ? 0n : LAST));
    while (next) {
      const { epoch, rows, full }: StreamPage = await next;
      const more: boolean = full || rows.length === Math.min(left, STREAM_PAGE);
      left -= rows.length;
      // Asked for before this page is handed out: the database reads it while this thread works on what is here.
      next = more ? pageFrom(BigInt(rows.at(-1)!.revision) + (direction === 'forwards' ? 1n : -1n)) : undefined;
      for (const row of rows) {
        signal?.throwIfAborted();
        yield eventOf(row, epoch);
      }
    }
  }

  async readAll(
    options: ReadAllOptions,
  ): Promise<{ events: readonly RecordedEvent[]; scannedTo?: Position; atHead: boolean }> {
    const { after, filter, maxCount, signal } = options;
    signal?.throwIfAborted();
    const from = after === undefined ? 0n : numberOf(after, await this.epoch());
    const span = filter === undefined || from > LAST - FILTERED_SPAN ? LAST : from + FILTERED_SPAN;
    const values = [
      from,
      span,
      maxCount,
      ...(filter === undefined ? [] : [[...('types' in filter ? filter.types : filter.streamPrefixes)]]),
    ];
    const [first, ...rows] = await this.query<PageRow>({ ...readAllStatement(filter), values });
    const { head: headText, epoch } = first as HeadRow;
    const head = BigInt(headText);
    if (after !== undefined && epoch !== this.knownEpoch) {
      this.knownEpoch = epoch;
      throw new ForeignPosition('other-epoch', 'the position belongs to another ledger');
    }
    // Gone back in time without a new epoch: going on from there would skip facts.
    if (from > head)
      throw new ForeignPosition(
        'other-epoch',
        'the position lies beyond the ledger; was it restored from an older backup?',
      );
    const events = eventsOf(rows as EventRow[], epoch);
    const last = rows.at(-1) as EventRow | undefined;
    const cutShort = rows.length === maxCount || last?.full === true;
    const scanned = cutShort || filter === undefined ? BigInt(last?.position ?? from) : span < head ? span : head;
    return {
      events,
      ...(scanned > from && { scannedTo: printPosition(epoch, scanned) }),
      atHead: scanned >= head,
    };
  }

  async *subscribe(options: SubscribeOptions): AsyncGenerator<SubscriptionSignal, void> {
    const { signal, release } = jointSignal(options.signal, this.closing.signal);
    try {
      yield* this.followed.subscribe(this.bell, { ...options, signal });
    } finally {
      release();
    }
  }

  async head(): Promise<Position | undefined> {
    const [row] = await this.query<{ position: string; epoch: string }>({
      name: 'head',
      text: 'select position, epoch from es.head',
    });
    return row!.position === '0' ? undefined : printPosition(row!.epoch, BigInt(row!.position));
  }

  async health(): Promise<{ ok: boolean; kind: 'postgres'; detail?: string }> {
    try {
      await this.pool.query(shortly({ name: 'head', text: 'select position, epoch from es.head' }));
      return { ok: true, kind: 'postgres' };
    } catch (error) {
      if (isSilence(error)) this.letGoOfIdle();
      return {
        ok: false,
        kind: 'postgres',
        detail: `the ledger's database does not answer (${codeOf(error) ?? 'no connection'})`,
      };
    }
  }

  /** Settles every append that was taken, ends subscriptions, lets go of all connections. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.commits.close();
    await this.connection.close();
    await this.pool.end();
  }

  /** Reads may be asked again: a database that restarts costs its readers a moment, not an error. */
  private async query<Row extends pg.QueryResultRow>(statement: pg.QueryConfig): Promise<Row[]> {
    const left = countdown(this.readPatienceMs);
    let silent = false;
    for (let attempt = 0; ; attempt++) {
      if (this.closing.signal.aborted) throw new StoreUnavailable('the ledger is closed');
      try {
        return (await this.pool.query<Row>(silent ? statement : shortly(statement))).rows;
      } catch (cause) {
        if (!isConnectionError(cause)) throw cause;
        // After one silence there is a second try, however long the first took: on another connection.
        if (!silent && isSilence(cause)) {
          silent = true;
          this.letGoOfIdle();
          continue;
        }
        if (left() === 0)
          throw new StoreUnavailable(`the ledger cannot be read (${codeOf(cause) ?? 'no connection'})`, { cause });
        await backOff(READ_AGAIN, attempt, this.closing.signal);
      }
    }
  }

  /** Where one connection fell silent the others have, too: those that nobody uses are not asked first. */
  private letGoOfIdle(): void {
    if (this.pool.waitingCount > 0) return; // then none is idle, or somebody else is at it
    for (let idle = this.pool.idleCount; idle > 0; idle--)
      void this.pool.connect().then(
        (client) => client.release(true),
        () => undefined,
      );
  }
}

const READ_AGAIN = { firstMs: 20, maxMs: 500 };

const shortly = (statement: pg.QueryConfig): pg.QueryConfig & { query_timeout: number } => ({
  ...statement,
  query_timeout: SILENCE_MS,
});

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
};

/** The socket's or the pool's trouble; or the server's: broken connections, shutting down, too many, cancelled. */
const isConnectionError = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || /^(08|53|57P|57014|40)/.test(error.code ?? '');
