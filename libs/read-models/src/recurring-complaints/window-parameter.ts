import type { Parameter } from '#desk/queries/parameters';
import { InvalidWindow, windowOf } from './window.ts';

/** A duration back from now, or an interval; as it is written, for a cursor is bound to that. */
export const byWindow = (otherwise: string): Parameter<string> => ({
  description: 'By time of receipt: a duration back from now (`P90D`) or an interval (`2015-01-01/2015-07-01`).',
  schema: { type: 'string', maxLength: 60, default: otherwise },
  mustBe: 'a duration such as P90D, or an interval such as 2015-01-01/2015-07-01',
  read: (text) => (isWindow(text) ? text : undefined),
  otherwise,
});

/** Any moment serves for looking whether a text is a window at all. */
const isWindow = (text: string): boolean => {
  try {
    return text.length <= 60 && windowOf(text, '2026-01-01T00:00:00.000Z') !== undefined;
  } catch (error) {
    if (error instanceof InvalidWindow) return false;
    throw error;
  }
};
