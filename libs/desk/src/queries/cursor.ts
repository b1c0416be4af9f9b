import { createHash } from 'node:crypto';
import { canonicalJson } from '#fact/canonical-json';

/**
 * Where a list goes on. A cursor is bound to its list and filters by a check, so that using it elsewhere, or mistyping it,
 * is refused and does not answer with something else. It is no secret and no permission: what lies in it is validated by
 * the query that gets it, and it holds sort keys and ids only.
 * NOTE: callers keep cursors over upgrades; change the version with the form.
 */
const VERSION = 1;

/** The cursor was not made here, or for something else. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

export const writeCursor = (list: string, filters: Readonly<Record<string, unknown>>, place: unknown): string => {
  const payload = Buffer.from(JSON.stringify([VERSION, place]), 'utf8').toString('base64url');
  return `${payload}.${checkOf(list, filters, payload)}`;
};

/** The place in a cursor; undefined when there is none. Throws InvalidCursor. */
export const readCursor = (
  list: string,
  filters: Readonly<Record<string, unknown>>,
  cursor: string | undefined,
): unknown => {
  if (cursor === undefined) return undefined;
  const [payload = '', check, ...rest] = cursor.split('.');
  if (rest.length > 0 || check !== checkOf(list, filters, payload)) throw new InvalidCursor('it was made elsewhere');
  let version: unknown;
  let place: unknown;
  try {
    [version, place] = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as [unknown, unknown];
  } catch (cause) {
    throw new InvalidCursor('not a cursor', { cause });
  }
  if (version !== VERSION) throw new InvalidCursor('a cursor of another form');
  return place;
};

/** Filters that are absent are as if never named. */
const checkOf = (list: string, filters: Readonly<Record<string, unknown>>, payload: string): string =>
  createHash('sha256')
    .update(canonicalJson([list, JSON.parse(JSON.stringify(filters)), payload]))
    .digest('base64url')
    .slice(0, 16);
