import { Type } from '@sinclair/typebox';
import { defineEvent, type EventOf } from '#fact/define-event';
import type { FactOf } from '#fact/fact';
import { oneOf } from '#fact/vocabulary';
import type { Policy } from './policy.ts';

/** NOTE: stored for ever. */
export const policyAdopted = defineEvent({
  type: 'PolicyAdopted',
  noun: 'policy',
  means: 'The organisation adopted a policy, whole.',
  data: Type.Object({
    // Whole and open: no `properties`, so that the codec takes every member of it. No person is in a policy.
    policy: Type.Unsafe<Policy>(Type.Record(Type.String(), Type.Any())),
    source: oneOf(['defaults', 'file', 'api']),
  }),
});

export const policyEvents = [policyAdopted] as const;
export type PolicyEvent = EventOf<(typeof policyEvents)[number]>;
export type PolicyFact = FactOf<PolicyEvent>;
