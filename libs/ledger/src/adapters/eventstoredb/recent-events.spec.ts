import { Interruptions } from './interruptions.ts';
import { RecentEvents } from './recent-events.ts';
import type { ServerEvent } from './server-event.ts';

const event = (position: number, bytes = 100): ServerEvent => ({ position: BigInt(position), bytes }) as ServerEvent;
const events = (...positions: number[]): ServerEvent[] => positions.map((position) => event(position));

describe('the newest events of a log', () => {
  let interruptions: Interruptions;
  let recent: RecentEvents;
  beforeEach(() => {
    interruptions = new Interruptions();
    recent = new RecentEvents(interruptions);
  });
  const after = (position: number, count = 10): number[] | undefined =>
    recent.after(BigInt(position), count)?.map((one) => Number(one.position));
  const add = (position: number, ...more: number[]): void =>
    recent.add(BigInt(position), events(...more), true, interruptions.count);

  it('are given behind each of them, and behind where they begin', () => {
    add(10, 20, 30);
    add(30, 40);
    expect([after(10), after(20), after(30), after(10, 2)]).toEqual([[20, 30, 40], [30, 40], [40], [20, 30]]);
  });

  it('are not given where it is not known what is there: before them, between them, behind the last', () => {
    add(10, 20, 30);
    expect([5, 25, 30, 99].map((position) => after(position))).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('are given as full pages, but for what lay at the end: who reads history reads as much as it asks for', () => {
    recent.add(10n, events(20, 30, 40), false, 0);
    expect([after(10, 3), after(20, 3)]).toEqual([[20, 30, 40], undefined]);
    recent.add(20n, events(30, 40, 50), true, 0);
    expect([after(20, 10), after(40, 3)]).toEqual([[30, 40, 50], [50]]);
  });

  it('are the same for all who read them at once', () => {
    add(10, 20);
    const [first] = recent.after(10n, 1)!;
    add(10, 20, 30);
    expect([recent.after(10n, 1)![0], after(10)]).toEqual([first, [20, 30]]);
    expect(recent.after(10n, 1)![0]).toBe(first);
  });

  it('are not driven out by who is far behind, and begin anew ahead of a gap', () => {
    add(100, 110);
    add(10, 20, 30);
    expect([after(100), after(10)]).toEqual([[110], undefined]);
    add(200, 210);
    expect([after(100), after(200)]).toEqual([undefined, [210]]);
  });

  it('are so many at most, and so heavy', () => {
    add(0, ...Array.from({ length: 2_500 }, (_, index) => index + 1));
    expect([after(0), after(499), after(500)?.length]).toEqual([undefined, undefined, 10]);
    recent.add(2_500n, [event(2_501, 9_000_000), event(2_502)], true, 0);
    expect([after(2_500), after(2_501)]).toEqual([undefined, [2_502]]);
  });

  it('fall with the connection, also what was on its way', () => {
    add(10, 20);
    interruptions.note();
    expect(after(10)).toBeUndefined();
    recent.add(10n, events(20), true, 0);
    expect(after(10)).toBeUndefined();
  });
});
