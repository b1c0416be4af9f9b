import { countdown } from '#resilience/deadline';
import { pause } from '#resilience/pause';
import { ForeignPosition, type EventStore, type Position, type ReadAllOptions } from '../../stream/port.ts';
import { numberOf, printPosition } from '../../stream/position.ts';
import type { EventStoreDbLedgerIdentity, KnownIdentity } from './eventstoredb-identity.ts';
import { passes, type OwnFacts } from './fact-mapping.ts';
import type { Interruptions } from './interruptions.ts';
import { RecentEvents } from './recent-events.ts';
import { readPatiently, type Patience } from './retrying.ts';
import type { Server } from './server.ts';
import type { ServerEvent } from './server-event.ts';
import { ServerError } from './server-error.ts';

/** No fact of ours lies after `own` (undefined: at all) up to `upTo`, that one included. */
interface ExclusiveAccess {
  readonly own: bigint | undefined;
  readonly upTo: bigint;
}

/** So many events of others are passed over in one call at most, then the caller is told how far it went. */
const FOREIGN_SPAN = 20_000;
const FOREIGN_PAGE = 1_000;
const LOOK_AGAIN_MS = 300;

export interface LogPatience extends Patience {
  readonly idleMs: number;
  /** How long a follower's place may be unknown to the server before it is said that it is none of this ledger. */
  readonly placeMs: number;
}

type AllPage = Awaited<ReturnType<EventStore['readAll']>>;

/**
 * The server's one log, of which only some events are facts of ours. It remembers the last section in which none of ours
 * was found: so looking for news, and the newest fact, cost one short read each, whatever others write.
 */
export class Log {
  private quiet: ExclusiveAccess | undefined;
  private newest = -1n;
  private readonly recent: RecentEvents;
  /** Epoch that this cache belongs to. */
  private epoch: string | undefined;

  constructor(
    private readonly server: Server,
    private readonly own: OwnFacts,
    private readonly identity: EventStoreDbLedgerIdentity,
    private readonly patience: LogPatience,
    private readonly interruptions: Interruptions,
  ) {
    this.recent = new RecentEvents(interruptions);
  }

  /** The greatest position of a fact of ours that was ever seen here. */
  get newestSeen(): bigint {
    return this.newest;
  }

  /** A fact of ours stands there. */
  noteAppended(position: bigint): void {
    this.learn(position, position, position);
  }

  /** The ledger's identity; what is known of the log holds for it alone. */
  async current(): Promise<KnownIdentity> {
    const identity = await this.identity.get();
    if (identity.epoch !== this.epoch) {
      this.forgetLog();
      this.epoch = identity.epoch;
    }
    return identity;
  }

  /** For who asks once. */
  readAll(options: ReadAllOptions): Promise<AllPage> {
    return this.readAllPatiently(options, this.patience.ms);
  }

  /** For who follows, and would stop for good at a place that is none of this ledger. */
  follow(options: ReadAllOptions): Promise<AllPage> {
    return this.readAllPatiently(options, this.patience.placeMs);
  }

  private async readAllPatiently(options: ReadAllOptions, placeMs: number): Promise<AllPage> {
    let strange = false;
    for (;;) {
      options.signal?.throwIfAborted();
      const identity = await this.current();
      let after: bigint;
      try {
        after = options.after === undefined ? identity.origin : numberOf(options.after, identity.epoch);
      } catch (error) {
        // It may be of an epoch that began after the identity was read.
        if (strange || !(error instanceof ForeignPosition) || error.reason !== 'other-epoch') throw error;
        strange = true;
        this.identity.forget();
        continue;
      }
      const page = await this.readOwn(identity, after, options, placeMs);
      if (page !== 'other identity') return page;
      this.identity.forget();
    }
  }

  /** The newest fact's position. */
  async head(): Promise<Position | undefined> {
    for (;;) {
      const identity = await this.current();
      const { origin, epoch } = identity;
      const quiet = this.quiet ?? { own: undefined, upTo: origin };
      let end: bigint | undefined;
      let own = quiet.own;
      let from: bigint | undefined;
      search: for (let count = 1; ; count = Math.min(FOREIGN_PAGE, count * 32)) {
        const { events, cut } = await this.read('backwards', from, count);
        end ??= events[0]?.position;
        for (const event of events) {
          if (event.position <= quiet.upTo) break search;
          if (this.isNewIdentity(event, identity)) return this.afterNewIdentity();
          if (!this.own.includes(event)) continue;
          own = event.position;
          break search;
        }
        if (events.length === 0 || (events.length < count && !cut)) break;
        from = events.at(-1)!.position;
      }
      if (end !== undefined && end >= quiet.upTo) {
        this.learn(own, quiet.upTo, end);
        return own === undefined ? undefined : printPosition(epoch, own);
      }
      this.forget(); // it ends before what was seen: it is not the log that it was
    }
  }

  private isNewIdentity(event: ServerEvent, identity: KnownIdentity): boolean {
    return event.stream === this.own.identityStream && event.position > identity.newest;
  }

  private afterNewIdentity(): Promise<Position | undefined> {
    this.identity.forget();
    return this.head();
  }

  /** Nothing that was known of the log may hold any more. */
  forget(): void {
    this.forgetLog();
    this.identity.forget();
  }

  private forgetLog(): void {
    this.quiet = undefined;
    this.newest = -1n;
    this.recent.forget();
  }

  private async readOwn(
    identity: KnownIdentity,
    after: bigint,
    { maxCount, filter, signal, ...asked }: ReadAllOptions,
    placeMs: number,
  ): Promise<AllPage | 'other identity'> {
    const quiet = (this.quiet ??= { own: undefined, upTo: identity.origin });
    let from = after >= (quiet.own ?? identity.origin) && after < quiet.upTo ? quiet.upTo : after;
    if (maxCount < 1) return { events: [], atHead: false };
    for (let looked = 0; ;) {
      // Two more than wanted: the one that stands at `from`, and one that tells whether more follow.
      const count = (looked === 0 ? maxCount : Math.max(maxCount, FOREIGN_PAGE)) + 2;
      const page = await this.readAfter(identity, from, count, placeMs, signal);
      if (page === 'other identity') return page;
      if (page === 'no such place') {
        // What was known does not hold: it is not the log that it was.
        if (from !== after || asked.after === undefined) {
          this.forget();
          return 'other identity';
        }
        throw new ForeignPosition(
          'other-epoch',
          'the position is none of this ledger; was it restored from an older backup?',
        );
      }
      if (page.events.some((event) => this.isNewIdentity(event, identity))) return 'other identity';
      const facts = page.events.filter((event) => this.own.includes(event));
      const wanted = facts.slice(0, maxCount);
      const atEnd = page.atEnd && wanted.length === facts.length;
      const scanned = (wanted.length < facts.length ? wanted : page.events).at(-1)?.position ?? from;
      this.learn(wanted.at(-1)?.position, from, scanned);
      if (wanted.length > 0)
        return {
          events: wanted
            .map((event) => this.own.recorded(event, identity.epoch))
            .filter((fact) => passes(fact, filter)),
          scannedTo: printPosition(identity.epoch, wanted.at(-1)!.position),
          atHead: atEnd,
        };
      if (atEnd) return { events: [], atHead: true };
      looked += page.events.length;
      from = scanned;
      if (looked >= FOREIGN_SPAN)
        return { events: [], scannedTo: printPosition(identity.epoch, scanned), atHead: false };
    }
  }

  /**
   * What lies after a position. The server reads from a position on, that one included; but the event that stood there
   * may be gone since (scavenged), so it is dropped only when it is there.
   *
   * That there is no such place is said late, for followers stop for good then: a node that has just become the leader
   * shows what the old one had acknowledged only when its own index is there, one that was frozen may take itself for
   * the leader for a while, and a server that fails to read says the same as of a place between two events.
   */
  private async readAfter(
    identity: KnownIdentity,
    from: bigint,
    count: number,
    placeMs: number,
    signal: AbortSignal | undefined,
  ): Promise<{ events: readonly ServerEvent[]; atEnd: boolean } | 'no such place' | 'other identity'> {
    const known = this.recent.after(from, count);
    if (known) return { events: known, atEnd: false };
    // Since the server answered so first: what it was away before says nothing about the place.
    let left: (() => number) | undefined;
    for (;;) {
      const since = this.interruptions.count;
      const page = await this.read('forwards', from === 0n ? undefined : from, count, signal).catch(
        (error: unknown) => {
          if (error instanceof ServerError && error.kind === 'no-such-position') return undefined;
          throw error;
        },
      );
      if (page && page.events.length > 0) {
        const events = page.events[0]!.position === from ? page.events.slice(1) : page.events;
        const atEnd = page.events.length < count && !page.cut;
        this.recent.add(from, events, atEnd, since);
        // Of those who read the same at once, all go on with what the first one got.
        const shared = this.recent.after(from, events.length) ?? events;
        return { events: shared, atEnd };
      }
      if (left?.() === 0) return 'no such place';
      left ??= countdown(placeMs);
      this.identity.forget();
      if ((await this.identity.get()).epoch !== identity.epoch) return 'other identity';
      await pause(LOOK_AGAIN_MS, signal ?? this.patience.closing);
      signal?.throwIfAborted();
    }
  }

  private read(
    direction: 'forwards' | 'backwards',
    from: bigint | undefined,
    count: number,
    signal?: AbortSignal,
  ): ReturnType<Server['readAll']> {
    const limits = { count, idleMs: this.patience.idleMs, ...(signal && { signal }) };
    return readPatiently(
      async () => {
        try {
          return await this.server.readAll({ direction, ...(from !== undefined && { from }), ...limits });
        } catch (error) {
          // Backwards it is no answer about a position: the server failed to read, and is asked again.
          if (error instanceof ServerError && error.kind === 'no-such-position' && direction === 'backwards')
            throw new ServerError('unknown', error.code);
          throw error;
        }
      },
      // Whoever answers next may be a server that was restored meanwhile.
      { ...this.patience, onError: () => this.identity.forget() },
    );
  }

  /** The section (from, upTo] was looked at; `own` is the last fact of ours in it, or before it when it is `from`. */
  private learn(own: bigint | undefined, from: bigint, upTo: bigint): void {
    if (own !== undefined && own > this.newest) this.newest = own;
    const known = this.quiet;
    if (!known || (own !== undefined && (known.own === undefined || own > known.own)))
      this.quiet = { own, upTo: own !== undefined && own > upTo ? own : upTo };
    else if (upTo > known.upTo) {
      const goesOn = own === undefined ? from >= (known.own ?? 0n) && from <= known.upTo : own === known.own;
      if (goesOn) this.quiet = { own: known.own, upTo };
    }
  }
}
