import { Batcher } from './batcher.ts';

/** A statement that waits until it is told to go on, and says what it was asked. */
const held = () => {
  const asked: string[][] = [];
  const gates: (() => void)[] = [];
  const askAll = async (questions: readonly string[]): Promise<string[]> => {
    asked.push([...questions]);
    await new Promise<void>((resolve) => gates.push(resolve));
    if (questions.includes('bad')) throw new Error('refused');
    return questions.map((question) => `${question}!`);
  };
  // Two turns of the event loop: what is asked goes out at the end of the first.
  const turn = async (): Promise<void> => {
    for (let turns = 0; turns < 2; turns++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    asked,
    askAll,
    /** Lets the oldest statement go on. */
    answer: async () => {
      gates.shift()!();
      await turn();
    },
    turn,
  };
};

describe('asking batcher', () => {
  it('puts what is asked in one turn of the event loop into one statement, and answers each in its place', async () => {
    const { asked, askAll, answer, turn } = held();
    const batcher = new Batcher(askAll);
    const answers = Promise.all(['a', 'b', 'c'].map((question) => batcher.ask(question)));
    await turn();
    await answer();
    expect(await answers).toEqual(['a!', 'b!', 'c!']);
    expect(asked).toEqual([['a', 'b', 'c']]);
  });

  it('never answers from a statement that was under way before the question', async () => {
    const { asked, askAll, answer, turn } = held();
    const batcher = new Batcher(askAll);
    const first = batcher.ask('a');
    await turn();
    const [second, third] = [batcher.ask('a'), batcher.ask('b')];
    await turn();
    expect(asked).toEqual([['a']]);
    await answer();
    await first;
    expect(asked).toEqual([['a'], ['a', 'b']]);
    await answer();
    expect(await Promise.all([second, third])).toEqual(['a!', 'b!']);
  });

  it('keeps to its limits, and goes on with those who waited', async () => {
    const { asked, askAll, answer, turn } = held();
    const batcher = new Batcher(askAll, { concurrency: 2, most: 2 });
    const early = batcher.ask('a');
    await turn();
    const answers = Promise.all(['b', 'c', 'd', 'e'].map((question) => batcher.ask(question)));
    await turn();
    expect(asked).toEqual([['a'], ['b', 'c']]);
    for (let statement = 0; statement < 3; statement++) await answer();
    expect(await early).toBe('a!');
    expect(await answers).toEqual(['b!', 'c!', 'd!', 'e!']);
    expect(asked).toHaveLength(3);
  });

  it('sends nothing where there is nothing left to ask', async () => {
    const { asked, askAll, answer, turn } = held();
    const batcher = new Batcher(askAll, { concurrency: 2 });
    const answers = Promise.all([batcher.ask('a'), batcher.ask('b')]);
    await turn();
    expect(asked).toEqual([['a', 'b']]);
    await answer();
    expect(await answers).toEqual(['a!', 'b!']);
  });

  it('tells a failure to all who were asked for batcher, and answers the next', async () => {
    const { askAll, answer, turn } = held();
    const batcher = new Batcher(askAll);
    const outcomes = Promise.allSettled([batcher.ask('bad'), batcher.ask('good')]);
    await turn();
    await answer();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = batcher.ask('good');
    await turn();
    await answer();
    expect(await next).toBe('good!');
  });

  it('asks one by one when one of them may be wrong, so that its neighbours are answered', async () => {
    const { askAll, answer, turn } = held();
    const batcher = new Batcher(askAll, { oneMayBeWrong: () => true });
    const outcomes = Promise.allSettled([batcher.ask('good'), batcher.ask('bad')]);
    await turn();
    for (let statement = 0; statement < 3; statement++) await answer();
    expect(await outcomes).toMatchObject([{ status: 'fulfilled', value: 'good!' }, { status: 'rejected' }]);
  });
});
