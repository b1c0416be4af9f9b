import {
  ForeignPosition,
  type EventStore,
  type Position,
  type SubscribeOptions,
  type SubscriptionSignal,
} from '../../stream/port.ts';
import { Bell } from '../../stream/bell.ts';

/** How often an idle follower looks: soon after something happened, seldom when all is quiet. */
const LOOK_AGAIN_MS = { first: 25, most: 500 };
const TRY_AGAIN_MS = { first: 100, most: 5_000 };

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
      const most = Math.min(TRY_AGAIN_MS.most, TRY_AGAIN_MS.first * 2 ** Math.min(failures - 1, 10));
      await new Bell().wait(0, most * (0.5 + Math.random() / 2), signal);
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
