import type { Complaint } from '../../complaint/src/complaint.ts';
import { policyEvents, type PolicyFact } from '../../policy/src/events.ts';
import type { Calendar, VersionedPolicy } from '../../policy/src/policy.ts';
import { codecOf } from '../../ledger/src/transact.ts';
import type { EventStore } from '../../ledger/src/port.ts';

/** The ledger has no policy yet: the program that opens the doors adopts one first. */
export class NoPolicy extends Error {
  constructor() {
    super('no policy was adopted in this ledger');
  }
}

/** A calendar of a policy version, by its name. */
export type CalendarOf = (version: number, name: string) => Calendar | undefined;

/** Policies by version. Every decision is made under the newest one of the stream, never under a file (formats.md, Time). */
export class PolicyInForce {
  /** Policies never change once adopted, so what was read once holds. */
  private readonly known = new Map<number, VersionedPolicy>();

  constructor(private readonly store: EventStore) {}

  async newest(): Promise<VersionedPolicy> {
    const newest = await this.read({ direction: 'backwards', maxCount: 1 });
    if (!newest) throw new NoPolicy();
    return newest;
  }

  /** The policy that was adopted as the given version. */
  async version(version: number): Promise<VersionedPolicy> {
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

  private async read(options: {
    direction?: 'backwards';
    fromRevision?: bigint;
    maxCount: 1;
  }): Promise<VersionedPolicy | undefined> {
    for await (const event of this.store.readStream('policy', options)) {
      const version = Number(event.revision);
      const known = this.known.get(version);
      if (known) return known;
      const fact = codec.decode(event) as PolicyFact;
      const policy = { ...fact.data.policy, version };
      this.known.set(version, policy);
      return policy;
    }
    return undefined;
  }
}

const codec = codecOf({ events: policyEvents });
