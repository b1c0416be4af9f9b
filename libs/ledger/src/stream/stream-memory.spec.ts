import type { Fact } from '#fact/fact';
import { StreamMemory, type History } from './stream-memory.ts';

/** Each fact counts some thousand characters, and what its data has more. */
const history = (facts: number, characters = 0): History<number> => ({
  state: facts,
  facts: Array.from({ length: facts }, () => ({ data: 'x'.repeat(characters) }) as unknown as Fact),
});

describe('the memory of streams', () => {
  it('tells what was kept last, and nothing of what was forgotten', () => {
    const memory = new StreamMemory({ interruptions: 0 });
    memory.keep('a', history(1));
    memory.keep('a', history(2));
    memory.keep('b', history(3));
    memory.forget('b');
    expect([memory.recall('a'), memory.recall('b')]).toEqual([history(2), undefined]);
  });

  it('forgets the longest unused when it is full', () => {
    const memory = new StreamMemory({ interruptions: 0 }, 16 * 1_050);
    const streams = Array.from({ length: 16 }, (_, index) => `s${index}`);
    for (const stream of streams) memory.keep(stream, history(1));
    memory.recall('s0');
    memory.keep('one more', history(1));
    expect([...streams, 'one more'].filter((stream) => !memory.recall(stream))).toEqual(['s1']);
  });

  it('holds no more in all than it may, however streams grow', () => {
    const memory = new StreamMemory({ interruptions: 0 }, 160_000);
    for (let facts = 1; facts <= 4; facts++)
      for (let stream = 0; stream < 100; stream++) memory.keep(`${stream}`, history(facts, 1_000));
    const held = Array.from({ length: 100 }, (_, stream) => memory.recall(`${stream}`)).filter(Boolean);
    expect(held).toHaveLength(19); // of four facts of some 2,013 characters each
    expect(held).toContainEqual(history(4, 1_000));
  });

  it('does not let one long story drive out the others', () => {
    const memory = new StreamMemory({ interruptions: 0 }, 160_000);
    memory.keep('short', history(1));
    memory.keep('long', history(1, 10_000));
    expect([memory.recall('short'), memory.recall('long')]).toEqual([history(1), undefined]);
    // And what it outgrew is not told as if it were so still.
    memory.keep('short', history(2, 10_000));
    expect(memory.recall('short')).toBeUndefined();
  });

  it('forgets all when the way to the store broke: another server may stand behind the next one', () => {
    const store = { interruptions: 0 };
    const memory = new StreamMemory(store);
    memory.keep('a', history(1));
    store.interruptions++;
    expect(memory.recall('a')).toBeUndefined();
    memory.keep('a', history(2));
    expect(memory.recall('a')).toEqual(history(2));
  });

  it('remembers nothing of a store that cannot say when that happens', () => {
    const memory = new StreamMemory({});
    memory.keep('a', history(1));
    expect(memory.recall('a')).toBeUndefined();
  });
});
