import type pg from 'pg';

/** Ends a connection without waiting for a goodbye: the other side may be silent. The driver has no way of its own. */
export const cutOff = (client: pg.Client): void =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
