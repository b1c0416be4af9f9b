import { InvalidCursor } from '#desk/queries/cursor';
import { isUuid } from '#fact/uuid';
import type { AsOf } from './asking.ts';

/** Which part of a list is asked for. */
export interface PageOf {
  /** 1–200; the door checks it. */
  readonly limit: number;
  /** What the page before answered as `next`. Its inside is no promise; the door binds it to the filters. */
  readonly cursor?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly asOf: AsOf;
}

/** A cursor holds the sort key of the last item shown: whatever is added or rebuilt, the list goes on behind it. */
export const cursorOf = (...key: readonly (string | number | null)[]): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');

/** The key in a cursor, whose parts are of these kinds. Throws InvalidCursor. */
export const keyIn = <const Kinds extends readonly Part[]>(
  cursor: string,
  ...kinds: Kinds
): { [I in keyof Kinds]: PartOf<Kinds[I]> } => {
  let key: unknown;
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw new InvalidCursor('not a cursor', { cause });
  }
  if (!Array.isArray(key) || key.length !== kinds.length || !kinds.every((kind, at) => FORMS[kind](key[at])))
    throw new InvalidCursor('not a cursor of this list');
  return key as { [I in keyof Kinds]: PartOf<Kinds[I]> };
};

/** As facts print them: a day that no calendar has comes back as another one. */
const isInstant = (part: string): boolean => {
  const parsed = Date.parse(part);
  return !Number.isNaN(parsed) && new Date(parsed).toISOString() === part;
};

const FORMS = {
  instant: (part: unknown) => typeof part === 'string' && isInstant(part),
  id: (part: unknown) => typeof part === 'string' && isUuid(part),
  text: (part: unknown) => typeof part === 'string' && !part.includes('\0'),
  code: (part: unknown) => part === null || (typeof part === 'string' && !part.includes('\0')),
  count: (part: unknown) => Number.isSafeInteger(part),
};
type Part = keyof typeof FORMS;
type PartOf<P> = P extends 'count' ? number : P extends 'code' ? string | null : string;

/** Cuts the row that was read beyond the limit, and makes the cursor of the last one that is shown. */
export const cut = <Row>(rows: readonly Row[], limit: number, cursor: (row: Row) => string) => {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? cursor(items.at(-1)!) : null };
};
