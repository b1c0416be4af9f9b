import { isOutOfMemory, memoryHere, sizedFor } from './memory.ts';

const GIB = 1024 ** 3;
const sized = (memory: number, freeSpace = 1000) => {
  const settings = sizedFor({ memory: memory * GIB, freeSpace: freeSpace * GIB });
  return [settings['shared_buffers'], settings['max_wal_size'], settings['effective_cache_size']];
};

describe('a cluster’s share of the machine', () => {
  it.each([
    [0.25, ['32MB', '1024MB', '128MB']],
    [1, ['128MB', '1024MB', '512MB']],
    [4, ['1024MB', '2048MB', '2048MB']],
    [16, ['4096MB', '8192MB', '8192MB']],
    [256, ['8192MB', '8192MB', '131072MB']],
  ])('of %d GiB', (memory, settings) => expect(sized(memory)).toEqual(settings));

  it('leaves a small disk its room: what lies between checkpoints is no more than an eighth of what is free', () =>
    expect([sized(16, 32)[1], sized(16, 2)[1]]).toEqual(['4096MB', '1024MB']));

  it('is what a container allows', () => {
    const limit = jest.spyOn(process, 'constrainedMemory').mockReturnValue(GIB);
    expect(memoryHere()).toBe(GIB);
    limit.mockReturnValue(2 ** 63);
    expect(memoryHere()).toBeLessThan(2 ** 60);
    limit.mockReturnValue(0);
    expect(memoryHere()).toBeGreaterThan(0);
    limit.mockRestore();
  });

  it('is known to be too large by what PostgreSQL says', () => {
    expect(isOutOfMemory('FATAL:  could not map anonymous shared memory: Cannot allocate memory')).toBe(true);
    expect(isOutOfMemory('FATAL:  could not bind IPv4 address')).toBe(false);
  });
});
