import { randomUUID } from 'node:crypto';
import { countdown } from '#resilience/deadline';
import { mintEpoch, OtherOrganisation, type LedgerIdentity } from '../../stream/ledger-identity.ts';
import { StoreUnavailable } from '../../stream/port.ts';
import { pauseBeforeRetry, readPatiently, type Patience } from './retrying.ts';
import type { Server } from './server.ts';
import type { ServerEvent } from './server-event.ts';
import { ServerError, isPassing } from './server-error.ts';

/** What the stream `<prefix>ledger` says. */
export interface KnownIdentity {
  readonly epoch: string;
  readonly organisation?: string;
  readonly revision: bigint;
  /** Before this position lies no fact of this ledger: the stream was begun before the first one. */
  readonly origin: bigint;
  readonly newest: bigint;
}

/** NOTE: stored for ever, in `<prefix>ledger`: data of the three types. Neither published nor copied. */
type IdentityEvent =
  | { readonly type: 'LedgerBegun'; readonly data: { readonly epoch: string } }
  | { readonly type: 'OrganisationKept'; readonly data: { readonly organisation: string } }
  | { readonly type: 'EpochRenewed'; readonly data: { readonly epoch: string } };

/** The identity of a ledger on EventStoreDB: a stream of its own, read once and again after each trouble. */
export class EventStoreDbLedgerIdentity implements LedgerIdentity {
  private known: Promise<KnownIdentity> | undefined;
  private lastEpoch: string | undefined;

  constructor(
    private readonly server: Server,
    readonly stream: string,
    private readonly patience: Patience & { readonly idleMs: number },
    /** Told when the ledger names another epoch than before. */
    private readonly onNewEpoch: () => void,
  ) {}

  async epoch(): Promise<string> {
    return (await this.get()).epoch;
  }

  async keepOrganisation(slug: string): Promise<void> {
    for (;;) {
      const { organisation: kept, revision } = await this.again();
      if (kept === slug) return;
      if (kept !== undefined) throw new OtherOrganisation(slug, kept);
      await this.write(revision, { type: 'OrganisationKept', data: { organisation: slug } });
    }
  }

  async renewEpoch(): Promise<string> {
    const epoch = mintEpoch(randomUUID());
    for (;;) {
      const { epoch: current, revision } = await this.again();
      if (current === epoch) return epoch;
      await this.write(revision, { type: 'EpochRenewed', data: { epoch } });
    }
  }

  /** As it was read last; begins the ledger when there is none. */
  get(): Promise<KnownIdentity> {
    if (this.known) return this.known;
    const reading = this.readOrBegin();
    this.known = reading;
    reading.catch(() => this.forget());
    return reading;
  }

  /** The server was away, or the stream has grown: it may be another ledger's data directory now. */
  forget(): void {
    this.known = undefined;
  }

  private again(): Promise<KnownIdentity> {
    this.forget();
    return this.get();
  }

  private async readOrBegin(): Promise<KnownIdentity> {
    for (;;) {
      const found = await this.read();
      if (found) return found;
      await this.write('no_stream', { type: 'LedgerBegun', data: { epoch: mintEpoch(randomUUID()) } });
    }
  }

  private async read(): Promise<KnownIdentity | undefined> {
    const events: ServerEvent[] = [];
    for (let from = 0n; ;) {
      const page = await readPatiently(async () => {
        try {
          const limits = { count: 100, idleMs: this.patience.idleMs };
          return await this.server.readStream(this.stream, { direction: 'forwards', from, ...limits });
        } catch (error) {
          if (error instanceof ServerError && error.kind === 'stream-not-found') return { events: [] };
          throw error;
        }
      }, this.patience);
      events.push(...page.events);
      if (page.events.length < 100) break;
      from = page.events.at(-1)!.revision + 1n;
    }
    if (events.length === 0) return undefined;
    const known = foldIdentity(events);
    if (known.epoch === '') throw new StoreUnavailable(`the stream ${this.stream} was cut off: it names no epoch`);
    if (this.lastEpoch !== undefined && this.lastEpoch !== known.epoch) this.onNewEpoch();
    this.lastEpoch = known.epoch;
    return known;
  }

  /** At the revision read, so that of two that start together one only writes; the other reads what it wrote. */
  private async write(expected: bigint | 'no_stream', event: IdentityEvent): Promise<void> {
    const checked = { id: randomUUID(), type: event.type, data: JSON.stringify(event.data), metadata: '{}' };
    for (const left = countdown(this.patience.ms); ;) {
      try {
        await this.server.append(this.stream, expected, [checked], { deadlineMs: this.patience.idleMs });
        return;
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        if (error.kind === 'conflict') return;
        if (!isPassing(error) || left() === 0 || this.patience.closing.aborted)
          throw new StoreUnavailable(`the ledger's identity cannot be written (${error.code})`, { cause: error });
        await pauseBeforeRetry(this.patience.closing);
      }
    }
  }
}

const foldIdentity = (events: readonly ServerEvent[]): KnownIdentity => {
  let epoch = '';
  let organisation: string | undefined;
  for (const { type, data } of events as readonly (ServerEvent & IdentityEvent)[])
    switch (type) {
      case 'LedgerBegun':
      case 'EpochRenewed':
        epoch = data.epoch;
        break;
      case 'OrganisationKept':
        organisation ??= data.organisation;
    }
  const last = events.at(-1)!;
  return {
    epoch,
    ...(organisation !== undefined && { organisation }),
    revision: last.revision,
    // Cut off at its beginning by somebody: then nothing is known of where the facts begin.
    origin: events[0]!.revision === 0n ? events[0]!.position : 0n,
    newest: last.position,
  };
};
