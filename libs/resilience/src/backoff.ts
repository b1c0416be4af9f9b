import { pause } from './pause.ts';

/** How long is waited before something is tried again. */
export interface Backoff {
  /** The first wait, in milliseconds; it doubles with each attempt. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/** The wait before attempt `attempt` + 1. Half of it is jitter, so that those that fell together do not rise together. */
export const backoffMs = ({ firstMs, maxMs }: Backoff, attempt: number): number => {
  const most = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return most / 2 + (Math.random() * most) / 2;
};

/** Waits before attempt `attempt` + 1; ends early, without an error, when the signal does. */
export const backOff = (backoff: Backoff, attempt: number, signal?: AbortSignal): Promise<void> =>
  pause(backoffMs(backoff, attempt), signal);
