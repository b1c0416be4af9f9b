import fc from 'fast-check';
import { List } from './list.ts';

const numbers = (n: number) => Array.from({ length: n }, (_, index) => index);

describe('a list', () => {
  it('is what an array is, however it came about', () =>
    fc.assert(
      fc.property(
        fc.nat(200),
        fc.nat(200),
        fc.nat(210),
        fc.integer({ min: -210, max: 210 }),
        (first, more, one, at) => {
          const array = [...numbers(first), ...numbers(more)];
          const list = numbers(more).reduce((older, item) => older.add(item), List.from(numbers(first)));
          const same = (item: number) => item === one;
          expect([...list]).toEqual(array);
          expect(JSON.parse(JSON.stringify(list))).toEqual(array);
          expect(list.length).toBe(array.length);
          expect(list.at(at)).toBe(array.at(at));
          expect([list.find(same), list.findLast(same)]).toEqual([array.find(same), array.findLast(same)]);
          expect([list.some(same), list.every(same)]).toEqual([array.some(same), array.every(same)]);
          expect(list.filter((item) => item % 3 === 0)).toEqual(array.filter((item) => item % 3 === 0));
          expect(list.map((item, index) => item - index)).toEqual(array.map((item, index) => item - index));
          expect(list.flatMap((item) => [item, -item])).toEqual(array.flatMap((item) => [item, -item]));
          const last = array.lastIndexOf(one);
          expect([...list.change(same, () => -1)]).toEqual(last < 0 ? array : array.with(last, -1));
          expect([...list]).toEqual(array);
        },
      ),
    ));

  it('shares with the older one all but what is near the end: adding takes as long in a long one as in a short one', () => {
    const older = List.from(numbers(5_000));
    const chunksOf = (list: List<number>) => new Set(Object.values(list).flatMap((part: unknown[]) => [part, ...part]));
    const known = chunksOf(older);
    const copied = [
      ...chunksOf(older.add(-1)),
      ...chunksOf(
        older.change(
          (item) => item === 4_999,
          () => -1,
        ),
      ),
    ]
      .filter((part) => Array.isArray(part) && !known.has(part))
      .map((part) => (part as unknown[]).length);
    expect(Math.max(...copied)).toBeLessThanOrEqual(32);
  });

  it('shows an older one nothing of what was added to it, twice', () => {
    const older = List.from(numbers(40));
    const [one, other] = [older.add(-1), older.add(-2)];
    expect([older.length, one.at(-1), other.at(-1)]).toEqual([40, -1, -2]);
  });

  it('is itself when nothing is changed, and when it is a list already', () => {
    const list = List.from(numbers(40));
    expect(
      list.change(
        (item) => item === 99,
        () => 0,
      ),
    ).toBe(list);
    expect(List.from(list)).toBe(list);
  });
});
