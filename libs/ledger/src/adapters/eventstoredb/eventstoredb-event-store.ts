import type { Pool } from 'pg';
import {
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
  type StreamWatch,
  type SubscribeOptions,
  type SubscriptionSignal,
} from '../../stream/port.ts';
import { SharedPages } from '../paging/shared-pages.ts';
import { jointSignal } from '#resilience/joint-signal';
import { Bell } from '../../stream/bell.ts';
import { Appending } from './appending.ts';
import { readConnectionString } from './connection-string.ts';
import { EventStoreDbLedgerIdentity } from './eventstoredb-identity.ts';
import { Interruptions } from './interruptions.ts';
import { LiveBell, type LiveCounts } from './append-notifier.ts';
import { Log } from './log.ts';
import { OwnFacts } from './fact-mapping.ts';
import { Server } from './server.ts';
import { ServerError } from './server-error.ts';
import { Streams } from './streams.ts';
import { WatchedStreams } from './watched-streams.ts';

export interface EventStoreDbEventStoreOptions {
  /** `esdb://…`, as connection-string.ts says. Real credentials over a plain connection are refused. */
  readonly url: string;
  /** Stands before every stream's name on the server; nothing else there is looked at. Default: empty. */
  readonly prefix?: string;
  /** Where data keys lie (es.keys). The pool's owner closes it. */
  readonly keys: Pool;
  readonly allowPlainCredentials?: boolean;
  /** How long an append is sent again while the server cannot take it or does not answer. Default 30 s. */
  readonly appendPatienceMs?: number;
  /** How long a read is tried again. Default 5 s. */
  readonly readPatienceMs?: number;
  /** How long a follower's place may be unknown to the server before it stops for good. Default 30 s. */
  readonly placePatienceMs?: number;
  /** How long one call may be silent. Default 5 s. */
  readonly callMs?: number;
}

const HEALTH_MS = 1_500;

/** The ledger on EventStoreDB. Data keys stay in PostgreSQL, where they can be erased. */
export class EventStoreDbEventStore implements EventStore {
  readonly identity: EventStoreDbLedgerIdentity;
  private readonly interrupted = new Interruptions();
  private readonly server: Server;
  private readonly streams: Streams;
  private readonly log: Log;
  private readonly appending: Appending;
  private readonly bell = new Bell();
  private readonly followed = new SharedPages((page) => this.log.follow(page));
  private readonly liveBell: LiveBell;
  private readonly watched: WatchedStreams;
  /** Nothing more is taken, and following ends. */
  private readonly closing = new AbortController();
  /** What was taken is tried no more. */
  private readonly ending = new AbortController();
  private readonly callMs: number;

  /** Throws BadConnectionString. Connects with the first call. */
  constructor({ url, prefix = '', keys, allowPlainCredentials, ...times }: EventStoreDbEventStoreOptions) {
    const { appendPatienceMs = 30_000, readPatienceMs = 5_000, placePatienceMs = 30_000, callMs = 5_000 } = times;
    this.callMs = callMs;
    const own = new OwnFacts(prefix);
    const { interrupted } = this;
    const connection = readConnectionString(url, allowPlainCredentials);
    const server = new Server(connection, interrupted, () => identity.forget());
    const ending = this.ending.signal;
    const patience = { ms: readPatienceMs, closing: ending, idleMs: callMs };
    const identity = new EventStoreDbLedgerIdentity(server, own.identityStream, patience, () => interrupted.note());
    const streams = new Streams(server, own, identity, patience);
    const log = new Log(server, own, identity, { ...patience, placeMs: placePatienceMs }, interrupted);
    const onAppended = (stream: string): void => {
      this.watched.noteAppended(stream);
      this.bell.ring();
    };
    const parts = {
      server,
      own,
      log,
      streams,
      keys,
      onAppended,
      patienceMs: appendPatienceMs,
      callMs,
      ending,
    };
    this.appending = new Appending(parts);
    this.liveBell = new LiveBell(this.bell, (listener, signal) => server.listen({ prefix }, listener, signal));
    this.watched = new WatchedStreams(
      (stream) => (listener, signal) => server.listen({ stream: prefix + stream }, listener, signal),
    );
    [this.server, this.identity, this.streams, this.log] = [server, identity, streams, log];
  }

  get interruptions(): number {
    return this.interrupted.count;
  }

  watch(stream: string): StreamWatch {
    return this.watched.watch(stream);
  }

  epoch(): Promise<string> {
    return this.identity.epoch();
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly [NewEvent, ...NewEvent[]],
    options: AppendOptions = {},
  ): Promise<AppendResult> {
    this.refuseClosed();
    return this.appending.append(stream, expected, events, options);
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent, void> {
    this.refuseClosed();
    yield* this.streams.read(stream, options);
  }

  async readAll(
    options: ReadAllOptions,
  ): Promise<{ events: readonly RecordedEvent[]; scannedTo?: Position; atHead: boolean }> {
    this.refuseClosed();
    return this.log.readAll(options);
  }

  async *subscribe(options: SubscribeOptions): AsyncGenerator<SubscriptionSignal, void> {
    if (this.closing.signal.aborted) return;
    const { signal, release } = jointSignal(options.signal, this.closing.signal);
    const leave = this.liveBell.join();
    try {
      yield* this.followed.subscribe(this.bell, { ...options, signal });
    } finally {
      release();
      leave();
    }
  }

  async head(): Promise<Position | undefined> {
    this.refuseClosed();
    return this.log.head();
  }

  /** How the live subscription that wakes the followers fares. */
  get live(): LiveCounts {
    return this.liveBell.live;
  }

  async health(): Promise<{ ok: boolean; kind: 'eventstoredb'; detail?: string }> {
    const kind = 'eventstoredb';
    if (this.closing.signal.aborted) return { ok: false, kind, detail: 'the ledger is closed' };
    try {
      const limits = { count: 1, idleMs: HEALTH_MS, signal: AbortSignal.timeout(HEALTH_MS) };
      await this.server.readAll({ direction: 'backwards', ...limits }); // what followers do; it takes a right of its own
    } catch (error) {
      if (!(error instanceof ServerError)) return { ok: false, kind, detail: 'EventStoreDB does not answer' };
      const what = error.kind === 'denied' ? 'refuses this user to read' : 'cannot be read';
      return { ok: false, kind, detail: `EventStoreDB ${what} (${error.code})` };
    }
    return this.appending.denied
      ? { ok: false, kind, detail: 'EventStoreDB refuses this user to append' }
      : { ok: true, kind };
  }

  /** Settles every append that is under way, ends subscriptions, lets go of the connection. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await Promise.all([this.liveBell.stop(), this.watched.stop()]);
    const enough = setTimeout(() => this.ending.abort(), this.callMs);
    await this.appending.settled();
    clearTimeout(enough);
    this.ending.abort();
    await this.server.dispose();
  }

  private refuseClosed(): void {
    if (this.closing.signal.aborted) throw new StoreUnavailable('the ledger is closed');
  }
}
