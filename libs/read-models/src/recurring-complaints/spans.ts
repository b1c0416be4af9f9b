import type { Window } from './window.ts';

/** How complaints are counted when they are recorded: by spans of whole days, counted from 1970-01-01 UTC; long ones first. */
export const SPANS = [32, 4, 1] as const;

/** Whole spans of so many days, from the first up to the last, which is left out. */
export interface Spans {
  readonly days: number;
  readonly first: number;
  readonly last: number;
}

const DAY = 86_400_000;

/** The span of so many days in which an instant lies. */
export const spanOf = (instant: string, days: number): number => Math.floor(Date.parse(instant) / (days * DAY));

/**
 * A window as spans that lie in it wholly, as long as can be, and the rest at its edges, where single complaints have to
 * be looked at: at most a day on either side, however long it is.
 */
export const spansOf = ({
  from,
  to,
}: Window): { readonly whole: readonly Spans[]; readonly rest: readonly Window[] } => {
  const whole: Spans[] = [];
  const rest: Window[] = [];
  const divide = (begin: number, end: number, [days, ...shorter]: readonly number[]): void => {
    if (begin >= end) return;
    if (days === undefined) {
      rest.push({ from: new Date(begin).toISOString(), to: new Date(end).toISOString() });
      return;
    }
    const [first, last] = [Math.ceil(begin / (days * DAY)), Math.floor(end / (days * DAY))];
    if (first >= last) return divide(begin, end, shorter);
    divide(begin, first * days * DAY, shorter);
    whole.push({ days, first, last });
    divide(last * days * DAY, end, shorter);
  };
  divide(Date.parse(from), Date.parse(to), SPANS);
  return { whole, rest };
};
