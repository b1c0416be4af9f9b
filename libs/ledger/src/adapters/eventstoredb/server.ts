import {
  END,
  EventStoreDBClient,
  START,
  excludeSystemEvents,
  jsonEvent,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type ReadPosition,
  type ReadRevision,
  type ResolvedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import type { JsonObject } from '#fact/json';
import { within } from '#resilience/deadline';
import type { CheckedEvent } from '../../stream/check-append.ts';
import type { ExpectedRevision } from '../../stream/port.ts';
import { BadConnectionString, type ConnectionString, type Credentials } from './connection-string.ts';
import { collectPage, type EventSource, type Page, type ReadLimits } from './page.ts';
import type { Interruptions } from './interruptions.ts';
import type { Listener } from './listening.ts';
import { ServerError, troubleOf } from './server-error.ts';
import { withoutAddressAsName } from './tls-names.ts';
import { undecodedEvent, withoutDecoding } from './undecoded-reads.ts';

/** Silent that often in a row, and the connection is made anew: it may lead to a node that is gone. */
const SILENCES = 2;
const RENEW_AT_MOST_EVERY_MS = 5_000;
const FAREWELL_MS = 1_000;

/**
 * The one file that knows @eventstore/db-client: a move to another client is a change of this file.
 *
 * Every append carries credentials and so goes by the plain Append call. Batch append, which the client takes without
 * them, keeps one bank of promises per process: an error of one client rejects another one's append that was stored.
 * On a plain connection the client drops them, so there they are no secret.
 */
export class Server {
  private client: EventStoreDBClient;
  private channel: Channel | undefined;
  private silences = 0;
  private renewedAt = -Infinity;
  private disposed = false;
  private readonly credentials: Credentials;

  constructor(
    private readonly connection: ConnectionString,
    private readonly interruptions: Interruptions,
    /** Told when a connection has broken: whoever answers next may hold other data. */
    private readonly onDisconnected: () => void = () => undefined,
  ) {
    this.credentials = connection.credentials ?? { username: 'redress', password: 'none' };
    this.client = this.connect();
  }

  /**
   * `since`: the interruptions behind which the server was seen to have what is expected; it goes to no other connection.
   * Throws ServerError. `position` is missing when the server does not say it.
   */
  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly CheckedEvent[],
    { deadlineMs, since }: { readonly deadlineMs: number; readonly since?: number },
  ): Promise<{ revision: bigint; position?: bigint }> {
    const sent = events.map(({ id, type, data, metadata }) =>
      jsonEvent({ id, type, data: JSON.parse(data) as JsonObject, metadata: JSON.parse(metadata) as JsonObject }),
    );
    // From here to the connection's socket nothing is waited for but the client's own promises.
    if (since !== undefined && since !== this.interruptions.count) throw new ServerError('interrupted', 'interrupted');
    const answer = this.client.appendToStream(stream, sent, {
      ...this.always(),
      expectedRevision: expected,
      deadline: deadlineMs,
    });
    // The client's deadline begins when it has found a node.
    const { nextExpectedRevision, position } = await this.heard(within(answer, { ms: deadlineMs + 1_000 }, silence));
    return { revision: nextExpectedRevision, ...(position && { position: position.commit }) };
  }

  /** From a revision on, that one included. Throws ServerError, or the signal's reason. */
  readStream(
    stream: string,
    { direction, from, ...limits }: ReadLimits & { direction: 'forwards' | 'backwards'; from?: bigint },
  ): Promise<Page> {
    const fromRevision: ReadRevision = from ?? (direction === 'forwards' ? START : END);
    const options = { ...this.always(), direction, fromRevision, maxCount: limits.count };
    return this.page(() => this.client.readStream(stream, options), limits);
  }

  /** Forwards from a position, that one included; backwards from below a position, or from the end. As readStream else. */
  readAll({
    direction,
    from,
    ...limits
  }: ReadLimits & { direction: 'forwards' | 'backwards'; from?: bigint }): Promise<Page> {
    const fromPosition: ReadPosition =
      from === undefined ? (direction === 'forwards' ? START : END) : { commit: from, prepare: from };
    const options = { ...this.always(), direction, fromPosition, maxCount: limits.count };
    return this.page(() => this.client.readAll(options), limits);
  }

  /**
   * Tells of every new event in a stream, or in all streams of a prefix, without giving it; answers why it ended,
   * undefined when the server just closed it or the signal came. Leaves no call open.
   */
  async listen(
    to: { readonly stream: string } | { readonly prefix: string },
    { begun, heard }: Listener,
    signal: AbortSignal,
  ): Promise<ServerError | undefined> {
    const live =
      'stream' in to
        ? this.client.subscribeToStream(to.stream, { ...this.always(), fromRevision: END })
        : this.client.subscribeToAll({ ...this.always(), fromPosition: END, filter: filterOf(to.prefix) });
    // Nobody reads what it carries, so nothing of it is decoded.
    (live as unknown as InsideSubscription).convertGrpcEvent = () => NOT_DECODED;
    // For the client's whole life: its own end of an unsubscribed call comes as an error, too.
    live.on('error', () => undefined);
    let onAbort: (() => void) | undefined;
    try {
      return await new Promise<ServerError | undefined>((resolve) => {
        onAbort = () => resolve(undefined);
        signal.addEventListener('abort', onAbort, { once: true });
        if (signal.aborted) onAbort();
        live.on('error', (error) => resolve(troubleOf(error)));
        live.on('end', () => resolve(undefined));
        live.on('close', () => resolve(undefined));
        live.on('confirmation', begun);
        live.on('data', heard);
      });
    } finally {
      signal.removeEventListener('abort', onAbort!);
      await live.unsubscribe().catch(() => undefined);
    }
  }

  /** Ends every call and lets go of the connection. */
  async dispose(): Promise<void> {
    this.disposed = true;
    await within(this.client.dispose(), { ms: FAREWELL_MS }, silence).catch(() => undefined);
    this.channel?.close();
  }

  private page<E extends ResolvedEvent | AllStreamResolvedEvent>(
    open: () => StreamingRead<E>,
    limits: ReadLimits,
  ): Promise<Page> {
    const source = withoutDecoding(open() as unknown as EventSource);
    return this.heard(collectPage(source, undecodedEvent, limits), limits.signal);
  }

  private always(): { credentials: Credentials; requiresLeader: true } {
    return { credentials: this.credentials, requiresLeader: true };
  }

  /** Every answer, also a refusal, shows that somebody is there. */
  private async heard<T>(answer: Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      const result = await answer;
      this.silences = 0;
      return result;
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error;
      const trouble = troubleOf(error);
      if (trouble.kind === 'silent') this.noteSilence();
      else this.silences = 0;
      throw trouble;
    }
  }

  /**
   * A dead connection is found by its keepalive only after some 20 s, and a node that swallows connections looks alive
   * even longer. Calls in flight on the old one may still be answered.
   */
  private noteSilence(): void {
    this.silences++;
    if (this.disposed || this.silences < SILENCES || performance.now() - this.renewedAt < RENEW_AT_MOST_EVERY_MS)
      return;
    this.silences = 0;
    this.renewedAt = performance.now();
    const old = this.channel;
    this.channel = undefined;
    this.client = this.connect();
    if (old) old.close();
    else this.interrupted();
  }

  private interrupted(): void {
    this.interruptions.note();
    this.onDisconnected();
  }

  private connect(): EventStoreDBClient {
    const client = clientOf(this.connection);
    const inside = client as unknown as InsideClient;
    // What a call ended with is judged a second time there, unheard; while no node leads, that fails.
    const judge = inside.handleError;
    inside.handleError = (of, error) => judge(of, error).catch(() => undefined);
    // The client gives no way to close its channel, and makes another after each break: the last one is remembered.
    const create = inside.createChannel;
    inside.createChannel = async () => {
      const channel = await create();
      // A call that was refused unread would be sent again by itself, on whatever connection comes next.
      channel.internalChannel.options['grpc.enable_retries'] = 0;
      // A call that has its channel, but has not begun, would throw where nobody hears it, and never end.
      const close = channel.close.bind(channel);
      let closing = false;
      channel.close = () => {
        if (closing) return;
        closing = true;
        this.interrupted(); // said at once: the next call makes another channel
        setImmediate(close);
      };
      this.watch(channel, () => closing);
      // One that was long in coming, for a client that was given up: whoever waits for it asks the present one.
      if (this.disposed || this.client !== client) channel.close();
      else this.channel = channel;
      return channel;
    };
    return client;
  }

  /** A channel connects again by itself, and no call hears of it. It says so before it connects again. */
  private watch(channel: Channel, isClosing: () => boolean): void {
    const before = channel.getConnectivityState(false);
    if (before === CHANNEL.shutDown) return;
    channel.watchConnectivityState(before, Infinity, () => {
      if (before === CHANNEL.ready && !isClosing()) this.interrupted();
      this.watch(channel, isClosing);
    });
  }
}

/** gRPC's, as far as it is used here. */
interface Channel {
  readonly internalChannel: { readonly options: Record<string, unknown> };
  close(): void;
  getConnectivityState(tryToConnect: boolean): number;
  watchConnectivityState(from: number, deadline: number, changed: () => void): void;
}

/** What the client keeps to itself. */
interface InsideClient {
  createChannel: () => Promise<Channel>;
  handleError: (of: unknown, error: unknown) => Promise<void>;
}

interface InsideSubscription {
  convertGrpcEvent: () => object;
}

const NOT_DECODED = {};

const filterOf = (prefix: string) => {
  const interval = { checkpointInterval: 100 };
  return prefix === '' ? excludeSystemEvents(interval) : streamNameFilter({ prefixes: [prefix], ...interval });
};

/** The states of a channel that matter here. */
const CHANNEL = { ready: 2, shutDown: 4 } as const;

const clientOf = ({ clean }: ConnectionString): EventStoreDBClient => {
  try {
    return withoutAddressAsName(() => EventStoreDBClient.connectionString(clean));
  } catch {
    // Its message quotes the whole string.
    throw new BadConnectionString('cannot be used by the client; are the files that it names there?');
  }
};

const silence = (): never => {
  throw new ServerError('silent', 'no answer');
};
