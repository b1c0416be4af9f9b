import { singleFlight } from './single-flight.ts';

describe('a single flight', () => {
  it('is shared by all who ask while it is under way, and made anew for who comes later', async () => {
    let looks = 0;
    const look = singleFlight(async () => ++looks);
    expect(await Promise.all([look(), look(), look()])).toEqual([1, 1, 1]);
    expect(await look()).toBe(2);
  });

  it('that fails, fails for those who shared it alone', async () => {
    let looks = 0;
    const look = singleFlight(async () => {
      if (++looks === 1) throw new Error('away');
      return looks;
    });
    const both = await Promise.allSettled([look(), look()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await look()).toBe(2);
  });
});
