import type { Chance } from '../chance.ts';
import { Clerk, LifeEnds, type Doors, type Notebook } from './clerk.ts';
import { live } from './lives.ts';

export interface Load {
  /** Lets lives end where they are, and waits until every request has been answered or given up. */
  stop(): Promise<void>;
}

/** So many clerks, each with one life after another. */
export const startLoad = (options: {
  readonly clerks: number;
  readonly chance: Chance;
  readonly doors: () => Doors;
  readonly notebook: Notebook;
}): Load => {
  const { clerks, chance, doors, notebook } = options;
  const end = new AbortController();
  const work = async (clerk: number): Promise<void> => {
    for (let life = 1; !end.signal.aborted; life++) {
      const own = chance.fork(`clerk ${clerk}`).fork(life);
      try {
        await live(new Clerk(`clerk ${clerk}, life ${life}`, own.fork('orders'), doors, notebook, end.signal), own);
      } catch (error) {
        if (!(error instanceof LifeEnds)) throw error;
      }
    }
  };
  const working = Promise.all(Array.from({ length: clerks }, (_, index) => work(index + 1)));
  working.catch(() => undefined); // told by stop()
  return {
    stop: async () => {
      end.abort();
      await working;
    },
  };
};
