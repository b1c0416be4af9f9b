import {
  ForeignPosition,
  type EventStore,
  type Position,
  type SubscribeOptions,
  type SubscriptionSignal,
} from '../stream/port.ts';

/** Rung after every append of this process, so that its own followers need not wait for their next look. */
export class Bell {
  private rung = 0;
  private readonly listeners = new Set<() => void>();

  ring(): void {
    this.rung++;
    for (const listener of [...this.listeners]) listener();
  }

  get rings(): number {
    return this.rung;
  }

  /** Until it rings (again, after `heard`), the time is over, or the signal comes. Leaves nothing behind. */
  wait(heard: number, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.rung !== heard || signal.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        this.listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.listeners.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

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
