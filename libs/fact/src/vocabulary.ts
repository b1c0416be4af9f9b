import { Type, type Static, type TSchema } from '@sinclair/typebox';
import type { Personal, SubjectRole } from './personal.ts';

/** The schema vocabulary of facts. NOTE: these shapes are stored and published for ever (docs/formats.md). */

/** Lower-case UUID, opaque. */
export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  format: 'uuid',
});

/** RFC 3339, UTC, always milliseconds: `2026-03-01T09:00:00.000Z`. */
export const Instant = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
  format: 'date-time',
});

/** A calendar day: `2019-04-01`. */
export const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', format: 'date' });

/** ISO 8601 duration: `P3D`, `PT4H`. */
export const Duration = Type.String({
  pattern: '^P(?=.)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+S)?)?$',
  maxLength: 40,
});

/** A code: category, product, department, channel, item … Lower-case kebab, at most 64 characters. */
export const Code = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 });

/** An actor's id: a code-like handle, never a name or an address. */
export const ActorId = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' });

/** A language tag (BCP 47): `en`, `pt-BR`. */
export const Language = Type.String({ pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 35 });

/** A sum in the currency's smallest unit, 0 … 2^53−1. */
export const Money = Type.Object({
  amount: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
});
export type Money = Static<typeof Money>;

/** What failed: named by department, process and step, never by a person (docs/domain.md §1). */
export const Process = Type.Object({
  department: Code,
  process: Type.Optional(Code),
  step: Type.Optional(Code),
});
export type Process = Static<typeof Process>;

/** A string of a closed set. */
export const oneOf = <const V extends readonly string[]>(values: V) =>
  Type.Unsafe<V[number]>({ type: 'string', enum: [...values] });

/** The annotation that marks a personal field in a schema. */
export const PERSONAL = 'x-personal';

/** A personal text of the given subject: stored as an envelope, opaque to rules. */
export const personal = (subject: SubjectRole = 'complainant') =>
  Type.Unsafe<Personal>({ type: 'object', [PERSONAL]: subject });

/** Whose text a schema holds, when it is personal. */
export const subjectOf = (schema: TSchema): SubjectRole | undefined => schema[PERSONAL] as SubjectRole | undefined;
