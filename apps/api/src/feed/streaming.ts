import type { Position } from '#ledger/stream/port';
import { within } from '#resilience/deadline';
import { tell, type Feed } from './read-feed.ts';

const HEARTBEAT_MS = 15_000;

/**
 * The feed as server-sent events, from a position on, until the signal: `id:` is the position, so that a browser's
 * `Last-Event-ID` goes on without a gap. The ledger is read only as fast as the reader takes it, for a generator is asked
 * for the next piece when the socket has room. NOTE: published (docs/api.md, Doors).
 */
export async function* streamFeed(
  { store, organisation }: Feed,
  after: string | undefined,
  signal: AbortSignal,
  heartbeatMs = HEARTBEAT_MS,
): AsyncGenerator<string, void> {
  const heard = store
    .subscribe({ ...(after !== undefined && { after: after as Position }), maxBatch: 200, signal })
    [Symbol.asyncIterator]();
  let next = heard.next();
  // Whoever leaves while this waits must not leave a rejection behind.
  next.catch(() => undefined);
  try {
    yield ': redress feed\n\n';
    while (!signal.aborted) {
      const said = await orHeartbeat(next, heartbeatMs, signal);
      if (said === 'heartbeat') {
        yield ': heartbeat\n\n';
        continue;
      }
      if (said === 'over' || said.done === true) return;
      const { value } = said;
      if (value.kind === 'batch') {
        const told = value.events.flatMap((event) => tell(event, organisation) ?? []);
        yield (
          told.map((event) => `id: ${event.position}\ndata: ${JSON.stringify(event)}\n\n`).join('') ||
          `id: ${value.scannedTo}\n\n`
        );
      } else if (value.kind === 'progress') {
        // No event, but the reader need not scan this again.
        yield `id: ${value.scannedTo}\n\n`;
      }
      next = heard.next();
      next.catch(() => undefined);
    }
  } finally {
    await heard.return?.();
  }
}

/** The next thing, or the time for a heartbeat, or the end. */
const orHeartbeat = <T>(next: Promise<T>, ms: number, signal: AbortSignal): Promise<T | 'heartbeat' | 'over'> =>
  within(next, { ms, signal }, (why) => (why === 'late' ? 'heartbeat' : 'over'));
