import { Type, type TSchema } from '@sinclair/typebox';
import { Instant, Uuid } from '#fact/vocabulary';
import { Policy } from '#policy/policy';
import { nullable, Told } from './answers.ts';

/** What lists and reports answer. NOTE: published; members are only added. */

const code = Type.String();
const count = Type.Integer({ minimum: 0 });
const maybe = nullable(code);

const AsOf = Type.Object(
  { position: nullable(Type.String()), lagSeconds: Type.Number({ minimum: 0 }), parked: count },
  { description: 'How fresh this is: the last fact that it knows, and the age of the oldest one that it does not.' },
);

const listOf = (item: TSchema) => Type.Object({ items: Type.Array(item), next: nullable(Type.String()), asOf: AsOf });

export const COMPLAINTS = listOf(
  Type.Object({
    id: Uuid,
    reference: Type.String(),
    revision: count,
    state: code,
    receivedAt: Instant,
    channel: code,
    language: maybe,
    confidentiality: code,
    migrated: Type.Boolean(),
    handler: maybe,
    customer: Type.Object({ id: Uuid }),
    issues: Type.Array(Type.Object({ id: Uuid, category: code })),
    words: Told,
    summary: nullable(Told),
  }),
);

export const CALLS = listOf(
  Type.Object({
    id: Uuid,
    kind: code,
    complaint: Uuid,
    reference: nullable(Type.String()),
    customer: Uuid,
    language: maybe,
    due: Instant,
    openedAt: Instant,
    attempts: count,
    attemptLimit: count,
    lastAttempt: nullable(Type.Object({ at: Instant, result: code })),
    handler: maybe,
    revision: count,
  }),
);

export const RECURRING = listOf(
  Type.Object({
    category: code,
    product: maybe,
    department: maybe,
    process: maybe,
    touchpoint: maybe,
    count,
    rate: nullable(Type.Number()),
    trend: Type.Object({ previous: count, direction: code }),
    overThreshold: Type.Boolean(),
    evidence: Type.Array(Uuid),
    estimate: Type.Object({ dissatisfied: count, factor: count, isEstimate: Type.Boolean() }),
  }),
);

export const OVERDUE = listOf(
  Type.Object({
    kind: code,
    name: code,
    complaint: Uuid,
    reference: Type.String(),
    promise: nullable(Uuid),
    due: Instant,
    late: Type.Boolean(),
    notedAt: nullable(Instant),
    handler: maybe,
    channel: code,
    receivedAt: Instant,
  }),
);

export const NORMS = Type.Object({
  items: Type.Array(
    Type.Object({
      name: code,
      workingDays: count,
      calendar: code,
      version: Type.Integer({ minimum: 0, description: 'The policy version that publishes it.' }),
      achieved: Type.Object({
        decided: count,
        inTime: count,
        share: nullable(Type.Number({ minimum: 0, maximum: 1 })),
      }),
    }),
  ),
  window: Type.Object({ from: Instant, to: Instant }),
  asOf: AsOf,
});

export const CUSTOMER = Type.Object({ id: Uuid });

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
export const POLICY = open(Policy) as TSchema;
