import { streamKind } from '#fact/stream-kind';
import { policyEvents, type PolicyFact } from './events.ts';
import type { Policy, VersionedPolicy } from './policy.ts';

export type PolicySource = 'defaults' | 'file' | 'api';

/** A policy as it was adopted. Its version is the revision of the fact (docs/formats.md, Time). */
export interface AdoptedPolicy {
  readonly version: number;
  readonly policy: Policy;
  readonly source: PolicySource;
  readonly at: string;
  readonly by: string;
}

/** Every policy that was ever adopted, oldest first; never empty. */
export interface Policies {
  readonly versions: readonly [AdoptedPolicy, ...AdoptedPolicy[]];
  /** The one that decisions are made under. */
  readonly newest: VersionedPolicy;
}

/** Records and never refuses: history already happened. */
export const evolve = (before: Policies | undefined, fact: PolicyFact): Policies => {
  switch (fact.type) {
    case 'PolicyAdopted': {
      const { policy, source } = fact.data;
      const adopted = { version: fact.revision, policy, source, at: fact.effectiveAt, by: fact.actor.id };
      return {
        versions: before ? [...before.versions, adopted] : [adopted],
        newest: { ...policy, version: fact.revision },
      };
    }
  }
};

export const policyStreams = streamKind({
  noun: 'policy',
  single: true,
  topic: null,
  events: policyEvents,
  refusals: {},
  evolve,
  subjects: () => ({}),
});
