import { Value } from '@sinclair/typebox/value';
import { nothing, recorded, refused, type Decision } from '#fact/decision';
import { policyAdopted, type PolicyEvent } from './events.ts';
import type { Policies, PolicySource } from './policies.ts';
import type { Policy } from './policy.ts';

/** A valid policy, and where it comes from. */
export interface Adopt {
  readonly policy: Policy;
  readonly source: PolicySource;
}

/** It stops a start and never crosses HTTP, so it is not in the list of the complaint's refusals. */
export type AdoptRefusal = 'older-policy-file';

/**
 * docs/formats.md, Time. The defaults only begin a stream. A file equal to the last one adopted from a file changes nothing,
 * whatever was adopted otherwise since; an older one is refused, because two replicas with different files would go on
 * replacing each other's for ever. By the API, the policy that stands already is nothing new.
 */
export const adopt = (command: Adopt, policies: Policies | undefined): Decision<PolicyEvent, AdoptRefusal> => {
  const adopted = recorded(policyAdopted({ policy: command.policy, source: command.source }));
  if (!policies) return adopted;
  const same = (other: { readonly policy: Policy } | undefined) =>
    other !== undefined && Value.Equal(other.policy, command.policy);
  switch (command.source) {
    case 'defaults':
      return nothing;
    case 'api':
      return same(policies.versions.at(-1)) ? nothing : adopted;
    case 'file': {
      const files = policies.versions.filter(({ source }) => source === 'file');
      if (same(files.at(-1))) return nothing;
      const older = files.find(same);
      return older
        ? refused(
            'older-policy-file',
            `This policy file was adopted as version ${older.version}, and a newer file has replaced it.`,
          )
        : adopted;
    }
  }
};
