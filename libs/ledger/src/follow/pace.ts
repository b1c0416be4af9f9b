import { setTimeout as sleep } from 'node:timers/promises';

/** How patiently a follower tries again. */
export interface Pace {
  /** The first wait, in milliseconds; it doubles with each attempt. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** How often a fact is tried alone before it counts as poison. */
  readonly attempts: number;
}

export const PACE: Pace = { firstMs: 100, maxMs: 10_000, attempts: 3 };

/** Waits before attempt `attempt` + 1, with jitter, so that followers that fell together do not rise together. */
export const backOff = async ({ firstMs, maxMs }: Pace, attempt: number, signal: AbortSignal): Promise<void> => {
  const most = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 20));
  await pause(most / 2 + (Math.random() * most) / 2, signal);
};

/** Ends early, without an error, when the signal does. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
};
