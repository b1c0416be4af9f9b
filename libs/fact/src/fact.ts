import type { Event } from './define-event.ts';

/** The roles in which somebody acts (docs/api.md, Manners). `system` acts only from inside. */
export const ROLES = [
  'customer',
  'handler',
  'lead',
  'manager',
  'director',
  'department',
  'auditor',
  'privacy-officer',
  'administrator',
  'system',
] as const;
export type Role = (typeof ROLES)[number];

/** Who acts. `claimed`: the caller said so; `authenticated`: a token said so. */
export interface Actor {
  readonly id: string;
  readonly role: Role;
  readonly assurance: 'claimed' | 'authenticated';
}

/** Who, when and why: what is recorded beside every fact's data. NOTE: a storage format, for ever. */
export interface FactMetadata {
  /** The shape version it was stored in, before upcasting. */
  readonly schemaVersion: number;
  readonly commandId: string;
  readonly requestDigest: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** The fact that caused it, when one did. */
  readonly causationId?: string;
  /** Ours, never going back within a stream. */
  readonly recordedAt: string;
  /** When it took effect, as the caller says; windows and clocks go by it. */
  readonly effectiveAt: string;
  readonly policyVersion: number;
  readonly traceparent?: string;
  readonly previousDigest: string | null;
  readonly digest: string;
}

/** A recorded fact as rules and projections see it: its event, upcast to today's shape, and who, when and why. */
export interface Fact<E extends Event = Event> extends FactMetadata {
  readonly type: E['type'];
  readonly data: E['data'];
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
}

/** A fact whose type also selects its data: what `switch (fact.type)` narrows. */
export type FactOf<E extends Event> = E extends Event
  ? Omit<Fact, 'type' | 'data'> & { readonly type: E['type']; readonly data: E['data'] }
  : never;
