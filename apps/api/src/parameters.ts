import { Query, type PipeTransform } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Code, Uuid } from '#fact/vocabulary';
import { Problem } from './problem.ts';

/** Query parameters, each said once: how it is read, and how OpenAPI describes it. Absent ones are undefined. */

interface ParameterForm<T> {
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** What it must look like, as the end of "`limit` must be …". */
  readonly mustBe: string;
  /** undefined: it does not fit. */
  readonly read: (text: string) => T | undefined;
  readonly otherwise?: T;
  readonly required?: boolean;
}

/** A parameter decorator for `name`. Throws invalid-parameter, which names it and never shows what was sent. */
export const parameter =
  <T>(name: string, form: ParameterForm<T>): ParameterDecorator =>
  (target, key, index) => {
    const pipe: PipeTransform<unknown, T | undefined> = {
      transform: (value) => {
        if (value === undefined && form.required !== true) return form.otherwise;
        const read = typeof value === 'string' && value !== '' ? form.read(value) : undefined;
        if (read === undefined)
          throw new Problem('invalid-parameter', {
            detail: `${name} must be ${form.mustBe}.`,
            members: { parameter: name },
          });
        return read;
      },
    };
    Query(name, pipe)(target, key, index);
    const { description, schema, required = false } = form;
    ApiQuery({ name, required, description, schema })(target, key!, Object.getOwnPropertyDescriptor(target, key!)!);
  };

/** How many at most; more than `max` is refused, not cut. */
export const LimitParameter = (max = 200, otherwise = 50): ParameterDecorator =>
  parameter('limit', {
    description: `How many at most: 1 to ${max}.`,
    schema: { type: 'integer', minimum: 1, maximum: max, default: otherwise },
    mustBe: `a whole number from 1 to ${max}`,
    read: (text) => (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= max ? Number(text) : undefined),
    otherwise,
  });

/** An instant of RFC 3339 with its offset, as UTC milliseconds. */
export const InstantParameter = (name: string, description: string): ParameterDecorator =>
  parameter(name, {
    description,
    schema: { type: 'string', format: 'date-time' },
    mustBe: 'an instant such as 2026-03-01T09:00:00Z',
    read: instantIn,
  });

export const CodeParameter = (name: string, description: string): ParameterDecorator =>
  patterned(name, description, Code.pattern!, 64, 'a code: lower-case words joined by hyphens');

export const UuidParameter = (name: string, description: string): ParameterDecorator =>
  patterned(name, description, Uuid.pattern!, 36, 'a lower-case UUID');

/** A position as an answer gave it: `<epoch>.<20 digits>`; whether its epoch is this ledger's, the ledger says. */
export const PositionParameter = (name: string, description: string): ParameterDecorator =>
  parameter(name, {
    description,
    schema: { type: 'string', pattern: POSITION.source },
    mustBe: 'a position as it was given',
    read: (text) => {
      if (!POSITION.test(text)) throw new Problem('invalid-position');
      return text;
    },
  });

const POSITION = /^[0-9a-z]{1,40}\.\d{20}$/;

/** As it was given by `next`; read it with cursor.ts. */
export const CursorParameter = (): ParameterDecorator =>
  parameter('cursor', {
    description: '`next` of the page before, with the same filters.',
    schema: { type: 'string', maxLength: 2000 },
    mustBe: 'a cursor as it was given',
    read: (text) => text,
  });

/** One of these words. */
export const ChoiceParameter = (name: string, description: string, values: readonly string[]): ParameterDecorator =>
  parameter(name, {
    description,
    schema: { type: 'string', enum: [...values] },
    mustBe: `one of ${values.join(', ')}`,
    read: (text) => (values.includes(text) ? text : undefined),
  });

/** Text that is looked for as it is: a customer's reference, an order. */
export const TextParameter = (name: string, description: string, pattern = '^.{1,64}$'): ParameterDecorator =>
  patterned(name, description, pattern, 200, 'of the form that the description says');

const patterned = (
  name: string,
  description: string,
  pattern: string,
  maxLength: number,
  mustBe: string,
): ParameterDecorator => {
  const form = new RegExp(pattern, 'u');
  return parameter(name, {
    description,
    schema: { type: 'string', pattern, maxLength },
    mustBe,
    read: (text) => (text.length <= maxLength && form.test(text) ? text : undefined),
  });
};

const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/i;

/** RFC 3339 → `2026-03-01T09:00:00.000Z`; undefined for what is no real instant (2026-02-30, 25:00, a leap second). */
export const instantIn = (text: string): string | undefined => {
  const match = INSTANT.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, , offset] = match;
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > days || h > 23 || m > 59 || s > 59)
    return undefined;
  if (offset!.toUpperCase() !== 'Z' && (Number(offset!.slice(1, 3)) > 23 || Number(offset!.slice(4)) > 59))
    return undefined;
  const instant = new Date(text.replace(/(\.\d{3})\d+/, '$1').toUpperCase());
  const printed = Number.isNaN(instant.getTime()) ? '' : instant.toISOString();
  // Years before 0000 and after 9999 print otherwise.
  return /^\d{4}-/.test(printed) ? printed : undefined;
};
