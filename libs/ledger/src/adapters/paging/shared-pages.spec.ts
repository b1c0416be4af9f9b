import type { Position, ReadAllOptions, RecordedEvent } from '../../stream/port.ts';
import { SharedPages } from './shared-pages.ts';

const COMPLAINTS = { streamPrefixes: ['complaint-'] };
const at = (position: string): Position => position as Position;
const page = (position: string) => ({
  events: [{ position: at(position) } as RecordedEvent],
  scannedTo: at(position),
  atHead: true,
});
const NOTHING = { events: [], atHead: true };

/** A ledger that says what was asked of it, and answers when it is told to. */
const asked: { readonly options: ReadAllOptions; readonly answer: (page: object) => void; fail: () => void }[] = [];
let pages: SharedPages;
beforeEach(() => {
  asked.length = 0;
  pages = new SharedPages(
    (options) =>
      new Promise((resolve, reject) => {
        asked.push({
          options,
          answer: (given) => resolve(given as never),
          fail: () => reject(new Error('called off')),
        });
      }),
  );
});
/** Until whoever waits for an answer that is there has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const read = (after?: string, filter: ReadAllOptions['filter'] = COMPLAINTS) =>
  pages.read({ ...(after !== undefined && { after: at(after) }), ...(filter && { filter }), maxCount: 2 });

describe('pages that several followers read', () => {
  beforeEach(() => {
    pages.join(COMPLAINTS);
    pages.join(COMPLAINTS);
  });

  it('are read once, by whoever comes first, and also by those who come while they are being read', async () => {
    const [one, other] = [read('e.1'), read('e.1')];
    asked[0]!.answer(page('e.2'));
    expect(await other).toBe(await one);
    expect(await read('e.1')).toBe(await one);
    expect(asked).toHaveLength(1);
  });

  it('are read by each for itself when they say that nothing is there: something may have come since', async () => {
    const [one, other] = [read('e.1'), read('e.1')];
    asked[0]!.answer(NOTHING);
    await one;
    await settled();
    asked[1]!.answer(page('e.2'));
    expect(await other).toEqual(page('e.2'));
  });

  it('are read anew by the next one when the first was called off', async () => {
    const [one, other] = [read('e.1'), read('e.1')];
    asked[0]!.fail();
    await expect(one).rejects.toThrow('called off');
    await settled();
    asked[1]!.answer(page('e.2'));
    expect(await other).toEqual(page('e.2'));
  });

  it('are told apart by where they begin and by what they hold', async () => {
    pages.join(undefined);
    pages.join(undefined);
    void read('e.1');
    void read('e.2');
    void read();
    void pages.read({ after: at('e.1'), maxCount: 2 });
    void pages.read({ after: at('e.1'), filter: COMPLAINTS, maxCount: 3 });
    await settled();
    expect(asked).toHaveLength(5);
  });

  it('are not kept once one of them has read all there is', async () => {
    const first = read('e.1');
    asked[0]!.answer(page('e.2'));
    await first;
    const last = read('e.2');
    asked[1]!.answer(NOTHING);
    await last;
    void read('e.1');
    expect(asked).toHaveLength(3);
  });

  it('are few: who is far behind reads for itself', async () => {
    for (let from = 1; from <= 5; from++) {
      const reading = read(`e.${from}`);
      asked.at(-1)!.answer(page(`e.${from + 1}`));
      await reading;
    }
    void read('e.1');
    void read('e.5');
    expect(asked).toHaveLength(6);
  });
});

describe('a follower that is alone', () => {
  it('has nothing kept for it, and neither has the last one of several', async () => {
    const leave = pages.join(COMPLAINTS);
    pages.join(COMPLAINTS);
    leave();
    for (const _ of [1, 2]) {
      const reading = read('e.1');
      asked.at(-1)!.answer(page('e.2'));
      await reading;
    }
    expect(asked).toHaveLength(2);
  });
});
