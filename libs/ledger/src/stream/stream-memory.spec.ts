import type { Fact } from '#fact/fact';
import { History } from './history.ts';
import { StreamMemory } from './stream-memory.ts';

const facts = (count: number, characters = 0, from = 0): Fact[] =>
  Array.from(
    { length: count },
    (_, index) =>
      ({ revision: from + index, commandId: `c${from + index}`, data: 'x'.repeat(characters) }) as unknown as Fact,
  );
/** Each fact counts some thousand characters, and what its data has more. */
const history = (count: number, characters = 0, since = 0): History<number> =>
  new History(since, facts(count, characters), count);

describe('the memory of streams', () => {
  it('tells what was kept last, and nothing of what was forgotten', () => {
    const memory = new StreamMemory({ interruptions: 0 });
    memory.keep('a', history(1));
    memory.keep('a', history(2));
    memory.keep('b', history(3));
    memory.forget('b');
    expect([memory.recall<number>('a')?.state, memory.recall('b')]).toEqual([2, undefined]);
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
    const streams = Array.from({ length: 100 }, (_, stream) => ({ name: `${stream}`, history: history(0) }));
    for (let fact = 0; fact < 4; fact++)
      for (const { name, history } of streams) {
        history.grow(facts(1, 1_000, fact), fact + 1);
        memory.keep(name, history);
      }
    const held = streams.filter(({ name }) => memory.recall(name));
    expect(held).toHaveLength(19); // of four facts of some 2,002 characters each
  });

  it('remembers a story of some thousand facts, and lets none drive out all others', () => {
    const memory = new StreamMemory({ interruptions: 0 });
    memory.keep('short', history(1));
    memory.keep('long', history(2_500, 800));
    memory.keep('endless', history(20_000));
    expect(['short', 'long', 'endless'].map((stream) => memory.recall(stream)?.facts.length)).toEqual([
      1,
      2_500,
      undefined,
    ]);
    // And what it outgrew is not told as if it were so still.
    memory.keep('short', history(20_000));
    expect(memory.recall('short')).toBeUndefined();
  });

  it('forgets all when the way to the store broke: another server may stand behind the next one', () => {
    const store = { interruptions: 0 };
    const memory = new StreamMemory(store);
    memory.keep('a', history(1));
    store.interruptions++;
    expect(memory.recall('a')).toBeUndefined();
    memory.keep('a', history(2, 0, 1));
    expect(memory.recall<number>('a')?.state).toBe(2);
  });

  it('keeps nothing that was read of the server before', () => {
    const memory = new StreamMemory({ interruptions: 1 });
    memory.keep('a', history(1, 0, 0));
    expect(memory.recall('a')).toBeUndefined();
  });

  it('remembers nothing of a store that cannot say when that happens', () => {
    const memory = new StreamMemory({});
    memory.keep('a', new History(undefined, facts(1), 1));
    expect(memory.recall('a')).toBeUndefined();
  });
});

describe('a history', () => {
  it('finds the facts of a command', () => {
    const [one, two, three] = facts(3) as [Fact, Fact, Fact];
    const both = { ...two, commandId: three.commandId };
    const known = new History(0, [one, both, three], 3);
    expect(known.recordedBy(one.commandId)).toEqual([one]);
    expect(known.recordedBy(three.commandId)).toEqual([both, three]);
    expect(known.recordedBy('another')).toEqual([]);
  });

  it('finds them without a look at the others, however many there are', () => {
    let looks = 0;
    const watched = facts(1_000).map((fact) =>
      Object.defineProperty({ ...fact }, 'commandId', { get: () => (looks++, fact.commandId) }),
    );
    const known = new History(0, watched, 1_000);
    looks = 0;
    known.recordedBy('c500');
    known.recordedBy('another');
    known.grow(facts(1, 0, 1_000), 1_001);
    expect(looks).toBeLessThan(5);
  });

  it('tells what lies behind a revision', () => {
    const known = new History(0, facts(3, 0, 5), 3); // a stream may begin elsewhere than at 0
    expect([-1, 5, 6, 7, 8].map((revision) => known.behind(revision).length)).toEqual([3, 2, 1, 0, 0]);
  });

  it('goes on with what follows, and with nothing else', () => {
    const known = history(2);
    expect([known.grow(facts(1, 0, 3), 4), known.state, known.last?.revision]).toEqual([false, 2, 1]);
    expect([known.grow(facts(1, 0, 2), 3), known.state, known.last?.revision]).toEqual([true, 3, 2]);
  });
});
