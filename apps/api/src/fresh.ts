import { numberOf } from '#ledger/stream/position';
import { Problem } from './problem.ts';

/** How long a list waits for the position that a caller demands. */
const PATIENCE_MS = 2000;

/** What a list offers: waits until it has reached the position; false: not in time. */
export type WaitFor = (position: string, timeoutMs: number) => Promise<boolean>;

/**
 * Holds a list's answer until it knows what the caller knows (`minPosition`). Throws read-model-behind; a position of
 * another ledger throws ForeignPosition at once, for no waiting mends that.
 */
export const freshEnough = async (waitFor: WaitFor, minPosition: string | undefined, epoch: string): Promise<void> => {
  if (minPosition === undefined) return;
  numberOf(minPosition, epoch);
  if (!(await waitFor(minPosition, PATIENCE_MS)))
    throw new Problem('read-model-behind', { headers: { 'retry-after': '1' } });
};
