import { setTimeout as sleep } from 'node:timers/promises';

/** Waits; ends early, without an error, when the signal does. `ref: false`: no reason for the process to stay alive. */
export const pause = async (ms: number, signal?: AbortSignal, { ref = true } = {}): Promise<void> => {
  await sleep(ms, undefined, { ref, ...(signal && { signal }) }).catch(() => undefined);
};
