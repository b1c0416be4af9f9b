import { Chance } from './chance.ts';

const some = (chance: Chance): number[] => Array.from({ length: 8 }, () => chance.whole(0, 1_000_000));

describe('seeded chance', () => {
  it('decides the same for the same seed, and otherwise for another', () => {
    expect(some(new Chance('a'))).toEqual(some(new Chance('a')));
    expect(some(new Chance('a'))).not.toEqual(some(new Chance('b')));
  });

  it('forks do not depend on how much was decided elsewhere', () => {
    const busy = new Chance('a');
    some(busy);
    expect(some(busy.fork('load'))).toEqual(some(new Chance('a').fork('load')));
    expect(some(busy.fork('load'))).not.toEqual(some(busy.fork('faults')));
  });

  it('shuffles without losing anything, and stays within bounds', () => {
    const chance = new Chance('a');
    expect(chance.shuffled([1, 2, 3, 4, 5]).sort()).toEqual([1, 2, 3, 4, 5]);
    const drawn = Array.from({ length: 500 }, () => chance.whole(2, 4));
    expect([...new Set(drawn)].sort()).toEqual([2, 3, 4]);
    expect(chance.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
