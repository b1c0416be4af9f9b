import { Type, type Static } from '@sinclair/typebox';
import type { Role } from '#fact/fact';
import { Code, Duration, Instant, Money, Process, Uuid, oneOf } from '#fact/vocabulary';
import { SEVERITIES } from '#policy/vocabulary';

/** Words of the domain as schemas (docs/domain.md §1–§3). NOTE: enumerations are stored and published; they only ever grow. */

export const CONFIDENTIALITIES = ['open', 'confidential', 'anonymous'] as const;
export const CUSTOMER_TYPES = ['quiet', 'claimant', 'angry', 'activist'] as const;
export const ANSWERS = ['accepted', 'partly', 'not-accepted', 'silent'] as const;
export type Answer = (typeof ANSWERS)[number];
export const THIRD_PARTIES = ['lawyer', 'press', 'regulator'] as const;

/** Who may apologise for a grave fault, and accept responsibility (docs/domain.md §3.3). */
export const COMPANY_ROLES = ['manager', 'director'] as const satisfies readonly Role[];
export const speaksForTheCompany = (role: Role): boolean => (COMPANY_ROLES as readonly Role[]).includes(role);

/** The category of an issue that nobody named; it is in no recurrence group (docs/formats.md, Closing, exactly). */
export const UNSPECIFIED = 'unspecified';

/** One thing that went wrong (docs/domain.md §1). */
export const Issue = Type.Object({
  id: Uuid,
  category: Code,
  /** Absent: not known; it then weighs as the policy's default, which the fact stores as `presumed`. */
  severity: Type.Optional(oneOf(SEVERITIES)),
  /** The weight that counts while no severity is known: the policy's default at that time. */
  presumed: oneOf(SEVERITIES),
  product: Type.Optional(Code),
  touchpoint: Type.Optional(Code),
  process: Type.Optional(Process),
  claimed: Type.Optional(Money),
  /** How long the customer has waited. */
  waited: Type.Optional(Duration),
  /** The same fault again. */
  repeat: Type.Optional(Type.Boolean()),
});
export type Issue = Static<typeof Issue>;

/** A time limit that a fact set, with what it was computed from, so that it prints its derivation for ever. */
export const Due = Type.Object({
  /** Its name in the table of clocks. */
  clock: Code,
  from: Instant,
  due: Instant,
  /** Working days that were granted. */
  workingDays: Type.Integer({ minimum: 0 }),
  calendar: Code,
  /** The policy version whose calendar was used. */
  calendarVersion: Type.Integer({ minimum: 0 }),
});
export type Due = Static<typeof Due>;
