/** Whoever asks while a look is under way shares its answer. */
export const singleFlight = <T>(look: () => Promise<T>): (() => Promise<T>) => {
  let underway: Promise<T> | undefined;
  return () =>
    (underway ??= look().finally(() => {
      underway = undefined;
    }));
};
