/** What was waited for has not come. */
export class NeverSo extends Error {}

/**
 * Looks again and again until there is something to hand over (anything but false, null and undefined), and hands it
 * over for an assertion. Throws NeverSo after 20 s: the bound is generous, it is no measurement.
 */
export const eventually = async <T>(
  look: () => T | Promise<T>,
  what: string,
  { withinMs = 20_000, everyMs = 20 }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<Exclude<T, false | null | undefined | void>> => {
  for (const end = performance.now() + withinMs; ; await new Promise((resolve) => setTimeout(resolve, everyMs))) {
    const seen = await look();
    if (seen !== false && seen !== null && seen !== undefined)
      return seen as Exclude<T, false | null | undefined | void>;
    if (performance.now() >= end) throw new NeverSo(`not within ${withinMs / 1000} s: ${what}`);
  }
};
