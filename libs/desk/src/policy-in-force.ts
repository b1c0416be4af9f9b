import type { Complaint } from '#complaint/complaint';
import { policyEvents, type PolicyFact } from '#policy/events';
import type { Calendar } from '#calendar/calendar';
import type { VersionedPolicy } from '#policy/policy';
import { codecOf } from '#ledger/stream/transact';
import type { EventStore, ReadStreamOptions, RecordedEvent } from '#ledger/stream/port';
import { Batcher } from '#resilience/batcher';

/** The ledger has no policy yet: the program that opens the doors adopts one first. */
export class NoPolicy extends Error {
  constructor() {
    super('no policy was adopted in this ledger');
  }
}

/** A calendar of a policy version, by its name. */
export type CalendarOf = (version: number, name: string) => Calendar | undefined;

/** Policies by version. Every decision is made under the newest one of the stream, never under a file (docs/formats.md, Time). */
export class PolicyInForce {
  /** Policies never change once adopted, so what was read once holds, as long as the same server answers. */
  private known = new Map<number, VersionedPolicy>();
  private newestKnown: VersionedPolicy | undefined;
  private interruptions: number | undefined;
  /** Every command asks: those that come at once share a look at the stream. */
  private readonly looks = new Batcher(async (all: readonly undefined[]) => {
    const newest = await this.look();
    return all.map(() => newest);
  });

  constructor(private readonly store: EventStore) {}

  async newest(): Promise<VersionedPolicy> {
    const newest = await this.looks.ask(undefined);
    if (!newest) throw new NoPolicy();
    return newest;
  }

  /** The policy that was adopted as the given version. */
  async version(version: number): Promise<VersionedPolicy> {
    this.forgetAfterInterruption();
    const policy = this.known.get(version) ?? (await this.read({ fromRevision: BigInt(version), maxCount: 1 }));
    if (!policy) throw new NoPolicy();
    return policy;
  }

  /** The policy that was the newest one at that instant; before the first adoption, the first one. */
  async at(instant: string): Promise<VersionedPolicy> {
    let version = 0;
    for await (const event of this.store.readStream('policy'))
      if (event.metadata.recordedAt <= instant) version = Number(event.revision);
    return this.version(version);
  }

  /** The calendars that a complaint's clocks were set by, each of the policy version it was taken from. */
  async behind({ dues }: Pick<Complaint, 'dues'>): Promise<CalendarOf> {
    const versions = new Set(dues.map((due) => due.calendarVersion));
    const policies = new Map(
      await Promise.all([...versions].map(async (version) => [version, await this.version(version)] as const)),
    );
    return (version, name) => policies.get(version)?.calendars[name];
  }

  /** Only what came behind the newest one known is read: nearly always nothing. A policy is a large document. */
  private async look(): Promise<VersionedPolicy | undefined> {
    this.forgetAfterInterruption();
    const { newestKnown, known } = this;
    const newer = await this.read(
      newestKnown === undefined
        ? { direction: 'backwards', maxCount: 1 }
        : { fromRevision: BigInt(newestKnown.version + 1), atOnce: true },
    );
    // Broken off meanwhile: nothing newer than a policy that the server answering now may not have means nothing.
    if (this.interrupted || this.known !== known) return this.look();
    return (this.newestKnown = newer ?? newestKnown);
  }

  /** The last of those that are read. */
  private async read(options: ReadStreamOptions): Promise<VersionedPolicy | undefined> {
    const { known } = this; // what is read now is not kept among what is read after an interruption
    let last: VersionedPolicy | undefined;
    for await (const event of this.store.readStream('policy', options)) last = policyIn(event, known);
    return last;
  }

  private get interrupted(): boolean {
    return this.interruptions !== this.store.interruptions;
  }

  /** Another server may answer since, which lacks a policy that the old one had said was adopted, or has another in its place. */
  private forgetAfterInterruption(): void {
    if (!this.interrupted) return;
    this.interruptions = this.store.interruptions;
    this.known = new Map();
    this.newestKnown = undefined;
  }
}

const codec = codecOf({ events: policyEvents });

const policyIn = (event: RecordedEvent, known: Map<number, VersionedPolicy>): VersionedPolicy => {
  const version = Number(event.revision);
  let policy = known.get(version);
  if (!policy) {
    const fact = codec.decode(event) as PolicyFact;
    known.set(version, (policy = { ...fact.data.policy, version }));
  }
  return policy;
};
