/** The forms that strings take in bodies and queries, as pure tests. Facts are stricter still (libs/fact/src/vocabulary.ts). */

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const CODE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
export const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
/** Customer references and orders. */
export const REFERENCE = /^[A-Za-z0-9._-]{1,64}$/;
/** Actors. */
export const HANDLE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DURATION = /^P(?=.)(\d{1,6}Y)?(\d{1,6}M)?(\d{1,6}W)?(\d{1,6}D)?(T(?=.)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?$/;

/** The calendar has it: 2026-02-30 is none. */
const isCalendarDay = (day: string): boolean => {
  const midnight = new Date(`${day}T00:00:00.000Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
};

/** A day that the calendar has, from 1900 on. */
export const isDay = (value: unknown): boolean =>
  typeof value === 'string' && DAY.test(value) && value >= '1900' && isCalendarDay(value);

/**
 * An instant of RFC 3339, whatever its offset, as facts store it: UTC and exactly milliseconds; what is finer is cut off.
 * undefined: it is no real instant (2026-02-30, 25:00, a leap second), or UTC prints its year with more than four digits.
 */
export const instantIn = (text: string): string | undefined => {
  const match = INSTANT.exec(text);
  if (!match || !isCalendarDay(match[1]!)) return undefined;
  const printed = new Date(text.replace(/(\.\d{3})\d+/, '$1').toUpperCase()).toISOString();
  return /^\d{4}-/.test(printed) ? printed : undefined;
};

/** An instant that a body may name: from 1900 on. */
export const isInstant = (value: unknown): boolean => typeof value === 'string' && (instantIn(value) ?? '') >= '1900';

/** An instant that was validated, as facts store it. */
export const normalInstant = (value: string): string => {
  const instant = instantIn(value);
  if (instant === undefined) throw new RangeError('this was not validated as an instant');
  return instant;
};

export const isDuration = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= 40 && DURATION.test(value);

/** In characters, as JSON Schema counts them: a pair of surrogates is one. */
export const lengthOf = (text: string): number => {
  let pairs = 0;
  for (let index = 0; index < text.length; index++) if (text.codePointAt(index)! > 0xffff) pairs++;
  return text.length - pairs;
};

/** Something can be seen in it. */
export const isWritten = (text: string): boolean => /[^\s\p{Z}\p{C}]/u.test(text);

/** Every store can hold it: no NUL, no half of a surrogate pair. */
export const isStorable = (text: string): boolean => !text.includes('\u0000') && text.isWellFormed();
