import type { Complaint } from '#complaint/complaint';
import { policyEvents, type PolicyFact } from '#policy/events';
import type { Calendar } from '#calendar/calendar';
import type { VersionedPolicy } from '#policy/policy';
import { codecOf } from '#ledger/stream/transact';
import type { EventStore, ReadStreamOptions, RecordedEvent, StreamWatch } from '#ledger/stream/port';
import { WhileConnected } from '#ledger/stream/while-connected';
import { Batcher } from '#resilience/batcher';

/** The ledger has no policy yet: the program that opens the doors adopts one first. */
export class NoPolicy extends Error {
  constructor() {
    super('no policy was adopted in this ledger');
  }
}

/** A calendar of a policy version, by its name. */
export type CalendarOf = (version: number, name: string) => Calendar | undefined;

/** What was read of the policies' stream. */
interface Known {
  readonly versions: Map<number, VersionedPolicy>;
  /** When each version was recorded, by version. */
  readonly recordedAt: string[];
  newest: VersionedPolicy | undefined;
  /** What had been heard of the stream before the newest one was looked for. */
  heard: number | undefined;
}

/** Policies by version. Every decision is made under the newest one of the stream, never under a file (docs/formats.md, Time). */
export class PolicyInForce {
  /** Policies never change once adopted, so what was read once holds, as long as the same server answers. */
  private readonly known: WhileConnected<Known>;
  private readonly watch: StreamWatch | undefined;
  /** Every command asks: those that come at once share a look at the stream. */
  private readonly looks = new Batcher(async (all: readonly undefined[]) => {
    const newest = await this.look();
    return all.map(() => newest);
  });

  constructor(private readonly store: EventStore) {
    this.known = new WhileConnected<Known>(store, () => ({
      versions: new Map(),
      recordedAt: [],
      newest: undefined,
      heard: undefined,
    }));
    this.watch = store.watch?.('policy');
  }

  async newest(): Promise<VersionedPolicy> {
    const newest = this.unchanged() ?? (await this.looks.ask(undefined));
    if (!newest) throw new NoPolicy();
    return newest;
  }

  /** The policy that was adopted as the given version. */
  async version(version: number): Promise<VersionedPolicy> {
    const known = this.known.now;
    const policy =
      known.versions.get(version) ?? (await this.read(known, { fromRevision: BigInt(version), maxCount: 1 }));
    if (!policy) throw new NoPolicy();
    return policy;
  }

  /** The policy that was the newest one at that instant; before the first adoption, the first one. */
  async at(instant: string): Promise<VersionedPolicy> {
    for (;;) {
      const known = this.known.now;
      const newest = await this.newest();
      const { recordedAt } = known;
      let read = 0;
      while (recordedAt[read] !== undefined) read++;
      if (read <= newest.version) await this.read(known, { fromRevision: BigInt(read) });
      if (this.known.now === known)
        return this.version(
          Math.max(
            0,
            recordedAt.findLastIndex((recorded) => recorded <= instant),
          ),
        );
    }
  }

  /** The calendars that a complaint's clocks were set by, each of the policy version it was taken from. */
  async behind({ clocks }: Pick<Complaint, 'clocks'>): Promise<CalendarOf> {
    const versions = new Set(clocks.map(({ calendarVersion }) => calendarVersion));
    const policies = new Map(
      await Promise.all([...versions].map(async (version) => [version, await this.version(version)] as const)),
    );
    return (version, name) => policies.get(version)?.calendars[name];
  }

  /** The newest one, when somebody listens and has heard of none since it was read. */
  private unchanged(): VersionedPolicy | undefined {
    const { newest, heard } = this.known.now;
    return heard !== undefined && heard === this.watch?.heard ? newest : undefined;
  }

  /** Only what came behind the newest one known is read: nearly always nothing. A policy is a large document. */
  private async look(): Promise<VersionedPolicy | undefined> {
    const known = this.known.now;
    const heard = this.watch?.heard;
    const { newest } = known;
    const newer = await this.read(
      known,
      newest === undefined
        ? { direction: 'backwards', maxCount: 1 }
        : { fromRevision: BigInt(newest.version + 1), atOnce: true },
    );
    // Broken off meanwhile: nothing newer than a policy that the server answering now may not have means nothing.
    if (this.known.now !== known) return this.look();
    known.heard = heard;
    return (known.newest = newer ?? newest);
  }

  /** The last of those that are read. What is read now is not kept among what is read after an interruption. */
  private async read(known: Known, options: ReadStreamOptions): Promise<VersionedPolicy | undefined> {
    let last: VersionedPolicy | undefined;
    for await (const event of this.store.readStream('policy', options)) last = policyIn(event, known);
    return last;
  }
}

const codec = codecOf({ events: policyEvents });

const policyIn = (event: RecordedEvent, { versions, recordedAt }: Known): VersionedPolicy => {
  const version = Number(event.revision);
  let policy = versions.get(version);
  if (!policy) {
    const fact = codec.decode(event) as PolicyFact;
    versions.set(version, (policy = { ...fact.data.policy, version }));
    recordedAt[version] = event.metadata.recordedAt;
  }
  return policy;
};
