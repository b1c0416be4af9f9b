import type { Backoff } from '#resilience/backoff';

/** How patiently a follower tries again. */
export interface Pace extends Backoff {
  /** How often a fact is tried alone before it counts as poison. */
  readonly attempts: number;
}

export const PACE: Pace = { firstMs: 100, maxMs: 10_000, attempts: 3 };
