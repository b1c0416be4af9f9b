import { Type } from '@sinclair/typebox';
import { Policy } from '#policy/policy';
import { STAFF } from '../roles.ts';
import { DESK_READS } from './desk-reads.ts';
import { defineQuery, NO_PARAMETERS } from './query.ts';

/** A policy's schema for reading: the document as it is taken, but open, for a later version may say more. */
const open = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(open);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => key !== '$id' && !(key === 'additionalProperties' && value === false))
      .map(([key, value]) => [key, open(value)]),
  );
};

/** The policy in force (docs/domain.md §8), as it was adopted. Its version is the revision of its fact. */
export const readPolicy = defineQuery({
  operation: 'Policy.policy',
  tag: 'policy',
  path: 'v1/policy',
  summary: 'The policy in force, whole. Its ETag is its version, which every fact stores.',
  roles: STAFF,
  parameters: NO_PARAMETERS,
  answer: Type.Unsafe<Policy>(open(Policy) as object),
  from: DESK_READS,
  select: async ({ desk }) => {
    const { version, ...value } = await desk.policies.newest();
    return { kind: 'found', value, revision: version };
  },
});
