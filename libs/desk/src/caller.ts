import type { Actor } from '#fact/fact';

/** What the door knows of a request besides its body: who asks, and under which conditions (docs/api.md, Manners). */
export interface Caller {
  readonly actor: Actor;
  /** As sent, unquoted; absent: not safe to repeat. */
  readonly idempotencyKey?: string;
  /** The request's method and path without query: a key belongs to caller + method + path. */
  readonly method: string;
  readonly path: string;
  /** The header's Correlation-Id, else minted at the door. */
  readonly correlationId: string;
  readonly traceparent?: string;
  readonly ifMatch?: readonly number[] | '*';
}
