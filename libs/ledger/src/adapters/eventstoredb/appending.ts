import type { Pool } from 'pg';
import { countdown, within } from '#resilience/deadline';
import { checkAppend, type CheckedEvent } from '../../stream/check-append.ts';
import {
  AppendRejected,
  KeyErased,
  OutcomeUnknown,
  StoreUnavailable,
  StreamDeleted,
  type AppendOptions,
  type AppendResult,
  type ExpectedRevision,
  type NewEvent,
} from '../../stream/port.ts';
import { printPosition } from '../../stream/position.ts';
import { prepareKeys } from './keys.ts';
import type { Log } from './log.ts';
import type { OwnFacts } from './fact-mapping.ts';
import { givenUp, sendAppend, type Progress } from './sending.ts';
import type { Server } from './server.ts';
import { ServerError } from './server-error.ts';
import { NOTHING, type Streams } from './streams.ts';

const MOST_AT_ONCE = 2_000;
/** `$tb` of a stream that was deleted softly: all its facts are cut off. */
const CUT_OFF_WHOLLY = Number.MAX_SAFE_INTEGER;

export interface AppendingParts {
  readonly server: Server;
  readonly own: OwnFacts;
  readonly log: Log;
  readonly streams: Streams;
  readonly keys: Pool;
  /** Told of each append that was stored. */
  readonly onAppended: (stream: string) => void;
  readonly patienceMs: number;
  readonly callMs: number;
  /** Ends the trying. */
  readonly ending: AbortSignal;
}

interface Append {
  readonly stream: string;
  readonly streamOnServer: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly CheckedEvent[];
  readonly options: AppendOptions;
  readonly progress: Progress;
  /** Nobody waits any more: the caller left, or the ledger closes. */
  readonly left: AbortSignal;
}

/** Appends of this process: data keys first, then the facts, until the server says what became of them. */
export class Appending {
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly patience = new Set<AbortController>();
  /** The server refused this user an append, and has taken none since. */
  private refused = false;

  constructor(private readonly parts: AppendingParts) {
    // Not a joint signal for each append: on some Node versions the long-lived one would keep them all.
    parts.ending.addEventListener('abort', () => this.patience.forEach((one) => one.abort()), { once: true });
  }

  get denied(): boolean {
    return this.refused;
  }

  async append(
    stream: string,
    expected: ExpectedRevision,
    events: readonly [NewEvent, ...NewEvent[]],
    options: AppendOptions,
  ): Promise<AppendResult> {
    options.signal?.throwIfAborted();
    const checked = checkAppend(events);
    const streamOnServer = this.parts.own.streamOf(stream);
    if (streamOnServer === undefined) throw new AppendRejected('refused-by-store', 'no fact may go to such a stream');
    if (this.underWay.size >= MOST_AT_ONCE) throw new StoreUnavailable('too many appends wait for the ledger');
    const progress: Progress = { sent: false, inDoubt: false, denied: false };
    const patience = new AbortController();
    const left = patience.signal;
    const work = this.prepareAndSend({ stream, streamOnServer, expected, events: checked, options, progress, left });
    const settled = work.catch(() => undefined).finally(() => this.underWay.delete(settled));
    this.underWay.add(settled);
    this.patience.add(patience);
    try {
      return await orGivenUp(work, options, progress);
    } finally {
      this.patience.delete(patience);
      patience.abort();
    }
  }

  /** When every append that was taken has its outcome. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async prepareAndSend(append: Append): Promise<AppendResult> {
    const { server, log, keys, onAppended, patienceMs, callMs } = this.parts;
    const { expected, options, progress, left } = append;
    const remaining = countdown(Math.min(options.timeoutMs ?? Infinity, patienceMs));
    const [sealed] = await Promise.all([
      prepareKeys(keys, options).catch((cause: unknown) => {
        throw new StoreUnavailable('the data keys could not be stored', { cause });
      }),
      expected === 'no_stream' ? this.refuseDeleted(append) : undefined,
    ]);
    // Last, so that it is the ledger of whoever answers now.
    const { epoch } = await log.current();
    if (!sealed) return this.foundOrKeyErased(append, epoch);
    if (left.aborted) throw givenUp(progress, 'given up');
    const known = log.newestSeen;
    const sent = await sendAppend(server, {
      ...append,
      left: remaining,
      since: options.since,
      deadlineMs: callMs,
      ending: left,
      isSameLedger: async () => (await log.current()).epoch === epoch,
    }).finally(() => (this.refused = progress.denied));
    const position = sent.position ?? (await this.positionOf(append.streamOnServer, sent.revision));
    log.noteAppended(position);
    onAppended(append.stream);
    return {
      revision: sent.revision,
      position: printPosition(epoch, position),
      // What was sent once, and answered, is an old answer only if it names a place that was known before it was sent.
      deduplicated: progress.inDoubt ? 'unknown' : position <= known,
    };
  }

  /**
   * Revisions of a stream that was deleted softly go on where they ended, also for an append that expects none: its
   * facts would stand at other revisions than those in their digests and sealed texts.
   */
  private async refuseDeleted({ stream, streamOnServer }: Append): Promise<void> {
    const { server, streams, callMs } = this.parts;
    const page = await streams.page(stream, async () => {
      try {
        const limits = { count: 1, idleMs: callMs };
        return await server.readStream(`$$${streamOnServer}`, { direction: 'backwards', ...limits });
      } catch (error) {
        // A user may be kept from a stream's settings and yet allowed to write it.
        if (error instanceof ServerError && error.kind === 'denied') return NOTHING;
        throw error;
      }
    });
    const settings = page.events[0]?.data as { $tb?: number } | undefined;
    if (Number(settings?.$tb ?? 0) >= CUT_OFF_WHOLLY) throw new StreamDeleted(`${stream} was deleted on the server`);
  }

  /** A key was erased, or minted by somebody else. Were the very facts stored before that, they stand. */
  private async foundOrKeyErased(append: Append, epoch: string): Promise<AppendResult> {
    const { stream, streamOnServer, expected, events } = append;
    const from = expected === 'no_stream' ? 0n : expected + 1n;
    const limits = { count: events.length, idleMs: this.parts.callMs };
    const found = await this.parts.streams.page(stream, () =>
      this.parts.server.readStream(streamOnServer, { direction: 'forwards', from, ...limits }),
    );
    const last = found.events.at(-1);
    if (!last || found.events.length !== events.length || found.events.some(({ id }, at) => id !== events[at]!.id))
      throw new KeyErased('a data key was erased, or minted by somebody else, meanwhile');
    return { revision: last.revision, position: printPosition(epoch, last.position), deduplicated: true };
  }

  private async positionOf(streamOnServer: string, revision: bigint): Promise<bigint> {
    const { server, streams, callMs } = this.parts;
    try {
      const limits = { count: 1, idleMs: callMs };
      const { events } = await streams.page('', () =>
        server.readStream(streamOnServer, { direction: 'forwards', from: revision, ...limits }),
      );
      return events[0]!.position;
    } catch (cause) {
      throw new OutcomeUnknown('recorded, but its position could not be read', { cause });
    }
  }
}

/** The work's outcome, or the caller's end of patience: which says whether anything may have been stored. */
const orGivenUp = <T>(work: Promise<T>, { signal, timeoutMs }: AppendOptions, progress: Progress): Promise<T> => {
  if (!signal && timeoutMs === undefined) return work;
  return within(work, { signal, ...(timeoutMs !== undefined && { ms: timeoutMs }) }, (why) => {
    if (why === 'late') throw givenUp(progress, `not within ${timeoutMs} ms`);
    throw progress.sent ? givenUp(progress, 'given up', signal!.reason) : (signal!.reason as Error);
  });
};
