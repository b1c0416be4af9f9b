import type { Table } from './frame.ts';
import type { Place } from './place.ts';

/** How much is asked of this run. */
export interface Effort {
  readonly rounds: number;
  /** Seconds that one measurement of throughput lasts. */
  readonly seconds: number;
  /** True: hardly anything, only to see that it still runs. Its figures mean nothing. */
  readonly quick: boolean;
  /** How many facts lie in the ledger where that is what is varied. */
  readonly scales: readonly number[];
}

/** One thing that is measured, in a file of its own. */
export interface Bench {
  readonly name: string;
  readonly means: string;
  readonly run: (place: Place, effort: Effort) => Promise<readonly Table[]>;
}
