import type { Readable } from 'node:stream';
import { ServerError } from './server-error.ts';
import type { ServerEvent } from './server-event.ts';

/** How much a read call may give, and how long it may take. */
export interface ReadLimits {
  readonly count: number;
  /** No event for that long, and the call is given up: reads have no deadline of their own. */
  readonly idleMs: number;
  readonly signal?: AbortSignal;
}

/** What one read call gave. */
export interface Page {
  readonly events: readonly ServerEvent[];
  /** Cut short because of its weight: there may be more although fewer came than were asked for. */
  readonly cut: boolean;
}

/** A read call on its way. */
export type EventSource = Readable & { cancel(): Promise<void> };

/**
 * About this many bytes at most, whatever number was asked for: as on PostgreSQL. At least two events, for the first may
 * be the one that the reader knows already.
 */
const PAGE_BYTES = 4 * 1024 * 1024;

/**
 * Reads one call to its end. It ends it itself when enough has come, when nothing comes for too long, or with the signal:
 * a call that is just left stays open on the server.
 */
export const collectPage = <E>(
  source: EventSource,
  eventOf: (item: E) => ServerEvent | undefined,
  { idleMs, signal }: ReadLimits,
): Promise<Page> =>
  new Promise((resolve, reject) => {
    const events: ServerEvent[] = [];
    let bytes = 0;
    let settled = false;
    const settle = (then: () => void, ended: boolean): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (!ended) source.cancel().catch(() => undefined);
      then();
    };
    const timer = setTimeout(() => settle(() => reject(new ServerError('silent', 'idle')), false), idleMs);
    const onAbort = (): void => settle(() => reject(signal!.reason as Error), false);
    signal?.addEventListener('abort', onAbort, { once: true });
    // Stays for good: a call that was cancelled may still fail.
    source.on('error', (error) => settle(() => reject(error), true));
    source.on('end', () => settle(() => resolve({ events, cut: false }), true));
    source.on('close', () => settle(() => reject(new ServerError('unknown', 'closed')), true));
    source.on('data', (item: E) => {
      if (settled) return;
      timer.refresh();
      const event = eventOf(item);
      if (!event) return;
      events.push(event);
      bytes += event.bytes;
      if (bytes > PAGE_BYTES && events.length > 1) settle(() => resolve({ events, cut: true }), false);
    });
    if (signal?.aborted) onAbort();
  });
