import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; ends early, without an error, when the signal does. `ref: false`: no reason for the process to stay alive. */
export const pause = async (ms: number, signal?: AbortSignal, { ref = true } = {}): Promise<void> => {
  await sleep(ms, undefined, { ref, ...(signal && { signal }) }).catch(() => undefined);
};

/**
 * Until the next moment that comes every so many milliseconds in this process: whoever looks as often looks at the same
 * moments, so that one statement can answer all of them (batcher.ts).
 */
export const untilNextMoment = (everyMs: number, signal?: AbortSignal): Promise<void> =>
  pause(Math.ceil(everyMs - (performance.now() % everyMs)), signal);
