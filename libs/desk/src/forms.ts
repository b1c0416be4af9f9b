/** The forms that strings take in bodies and queries, as pure tests. Facts are stricter still (libs/fact/src/vocabulary.ts). */

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const CODE = /^[a-z0-9]+(-[a-z0-9]+)*$/;
export const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
/** Customer references and orders. */
export const REFERENCE = /^[A-Za-z0-9._-]{1,64}$/;
/** Actors. */
export const HANDLE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const INSTANT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DURATION = /^P(?=.)(\d{1,6}Y)?(\d{1,6}M)?(\d{1,6}W)?(\d{1,6}D)?(T(?=.)(\d{1,6}H)?(\d{1,6}M)?(\d{1,6}S)?)?$/;

/** A day that the calendar has, from 1900 on: 2026-02-30 is none. */
export const isDay = (value: unknown): boolean => {
  if (typeof value !== 'string' || !DAY.test(value) || value < '1900') return false;
  const midnight = new Date(`${value}T00:00:00.000Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(value);
};

/** An instant of RFC 3339, whatever its offset: it names one moment, and that is what is stored. */
export const isInstant = (value: unknown): boolean => {
  const match = typeof value === 'string' ? INSTANT.exec(value) : null;
  return match !== null && isDay(match[1]) && /^(19|[2-9]\d)\d{2}-/.test(new Date(match[0]).toISOString());
};

/** The instant as facts store it: UTC and exactly milliseconds; what is finer is cut off. */
export const normalInstant = (value: string): string => new Date(value.replace(/(\.\d{3})\d+/, '$1')).toISOString();

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
