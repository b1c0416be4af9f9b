import { printPosition } from '../stream/position.ts';
import type { EventStore, Position, ReadAllOptions, RecordedEvent } from '../stream/port.ts';
import { LAG_LIMIT, LagWindow } from './lag.ts';

const T0 = Date.parse('2026-03-01T09:00:00.000Z');
/** Positions with gaps, as EventStoreDB has them. */
const at = (n: number, epoch = 'e1'): Position => printPosition(epoch, BigInt(n) * 137n);

/** A ledger of `count` facts, one a second from T0 on, that counts what is read from it. */
const ledgerOf = (count: number) => {
  const ledger = { count, read: 0, keep: (_n: number): boolean => true };
  const readAll = async ({ after, maxCount }: ReadAllOptions) => {
    const from = after === undefined ? 1 : Number(BigInt(after.slice(3)) / 137n) + 1;
    const to = Math.min(ledger.count, from + maxCount - 1);
    const events: RecordedEvent[] = [];
    for (let n = from; n <= to; n++) {
      ledger.read++;
      if (ledger.keep(n))
        events.push({
          position: at(n),
          metadata: { recordedAt: new Date(T0 + n * 1000).toISOString() },
        } as RecordedEvent);
    }
    return { events, ...(to >= from && { scannedTo: at(to) }), atHead: to >= ledger.count };
  };
  return { ledger, store: { readAll } as unknown as EventStore };
};
const now = new Date(T0 + 1_000_000_000);

describe('the lag behind a checkpoint', () => {
  it('is nothing when all is applied', async () => {
    const { store } = ledgerOf(10);
    expect(await new LagWindow(store, undefined).measure(at(10), now)).toEqual({
      lagFacts: 0,
      lagIsAtLeast: false,
      lagSeconds: 0,
    });
  });

  it('counts facts, not positions, and tells the age of the oldest', async () => {
    const { store } = ledgerOf(10);
    expect(await new LagWindow(store, undefined).measure(at(7), new Date(T0 + 20_000))).toEqual({
      lagFacts: 3,
      lagIsAtLeast: false,
      lagSeconds: 12,
    });
  });

  it('is exact to 10,000, then "at least"', async () => {
    const { ledger, store } = ledgerOf(LAG_LIMIT);
    const window = new LagWindow(store, undefined);
    expect(await window.measure(undefined, now)).toMatchObject({ lagFacts: LAG_LIMIT, lagIsAtLeast: false });
    ledger.count += 1;
    expect(await window.measure(undefined, now)).toMatchObject({ lagFacts: LAG_LIMIT, lagIsAtLeast: true });
    expect(await window.measure(at(1), now)).toMatchObject({ lagFacts: LAG_LIMIT, lagIsAtLeast: false });
    ledger.count += 50_000;
    expect(await window.measure(at(1), now)).toMatchObject({ lagFacts: LAG_LIMIT, lagIsAtLeast: true });
  });

  it('reads each fact once, however often it is asked', async () => {
    const { ledger, store } = ledgerOf(3000);
    const window = new LagWindow(store, undefined);
    for (let n = 0; n <= 3000; n += 300) await window.measure(at(n), now);
    for (let n = 0; n < 5; n++) await window.measure(at(3000), now);
    expect(ledger.read).toBe(3000);
    ledger.count = 3001;
    expect(await window.measure(at(3000), now)).toMatchObject({ lagFacts: 1 });
    expect(ledger.read).toBe(3001);
  });

  it('counts anew after the checkpoint was set back', async () => {
    const { store } = ledgerOf(10);
    const window = new LagWindow(store, undefined);
    await window.measure(at(9), now);
    expect(await window.measure(at(2), now)).toMatchObject({ lagFacts: 8 });
    expect(await window.measure(undefined, now)).toMatchObject({ lagFacts: 10 });
  });

  it('of a filter that leaves out nearly everything is found bit by bit, and never said to be exact before', async () => {
    const { ledger, store } = ledgerOf(30_000);
    ledger.keep = (n) => n === 29_999;
    const window = new LagWindow(store, { types: ['Rare'] });
    expect(await window.measure(undefined, now)).toMatchObject({ lagFacts: 0, lagIsAtLeast: true });
    expect(ledger.read).toBeLessThan(12_000);
    await window.measure(undefined, now);
    expect(await window.measure(undefined, now)).toMatchObject({ lagFacts: 1, lagIsAtLeast: false });
  });

  it('is right for all who ask at once', async () => {
    const { ledger, store } = ledgerOf(2500);
    const window = new LagWindow(store, undefined);
    const lags = await Promise.all(Array.from({ length: 5 }, () => window.measure(undefined, now)));
    expect(lags.map((lag) => lag.lagFacts)).toEqual([2500, 2500, 2500, 2500, 2500]);
    expect(ledger.read).toBe(2500);
  });
});
