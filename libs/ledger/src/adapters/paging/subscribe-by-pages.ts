import { backOff } from '#resilience/backoff';
import {
  ForeignPosition,
  type EventStore,
  type Position,
  type SubscribeOptions,
  type SubscriptionSignal,
} from '../../stream/port.ts';
import type { Bell } from '../../stream/bell.ts';

/** How often an idle follower looks: soon after something happened, seldom when all is quiet. */
const LOOK_AGAIN_MS = { first: 25, most: 500 };
const TRY_AGAIN = { firstMs: 100, maxMs: 5_000 };

/** A subscription that pulls pages: no fact can overtake another, and a slow caller holds nothing but its page. */
export async function* subscribeByPages(
  readAll: EventStore['readAll'],
  bell: Bell,
  options: SubscribeOptions,
): AsyncGenerator<SubscriptionSignal, void> {
  const { signal, filter, maxBatch = 500 } = options;
  let after: Position | undefined = options.after;
  let caughtUp = false;
  let lookAgainMs = LOOK_AGAIN_MS.first;
  let failures = 0;
  while (!signal.aborted) {
    const heard = bell.rings;
    let page: Awaited<ReturnType<typeof readAll>>;
    try {
      page = await readAll({
        ...(after !== undefined && { after }),
        ...(filter && { filter }),
        maxCount: maxBatch,
        signal,
      });
    } catch (cause) {
      if (signal.aborted) return;
      if (cause instanceof ForeignPosition) throw cause; // no waiting mends that
      failures++;
      caughtUp = false; // said again, so that whoever was told of the trouble hears of its end when nothing has happened
      yield { kind: 'reconnecting', attempt: failures, cause };
      await backOff(TRY_AGAIN, failures - 1, signal);
      continue;
    }
    failures = 0;
    if (signal.aborted) return;
    if (page.scannedTo !== undefined) {
      const { events, scannedTo } = page;
      yield events.length > 0 ? { kind: 'batch', events, scannedTo } : { kind: 'progress', scannedTo };
      after = scannedTo;
      caughtUp = false;
      lookAgainMs = LOOK_AGAIN_MS.first;
    } else {
      if (!caughtUp) yield { kind: 'caught-up' };
      caughtUp = true;
      await bell.wait(heard, lookAgainMs, signal);
      lookAgainMs = Math.min(LOOK_AGAIN_MS.most, lookAgainMs * 2);
    }
  }
}
