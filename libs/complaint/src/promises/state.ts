import { List } from '#fact/list';
import { added, changed, type ChapterFold } from '../fold.ts';
import { markOf, type Mark } from '../mark.ts';

export interface Promised extends Mark {
  readonly id: string;
  readonly what: string;
  readonly due: string;
  readonly fulfilled: Mark | null;
  /** The system saw that it was not kept in time. A fulfilment recorded late stands beside it. */
  readonly broken: Mark | null;
}

/** What was promised by a time. */
export interface PromisesState {
  readonly promises: List<Promised>;
}

/** The parts that have an id of their own: their path below the complaint, and where they lie. */
export const promisesParts = { promise: { path: 'promises', all: ({ promises }: PromisesState) => promises } } as const;

export const promisesAtFirst: PromisesState = { promises: List.empty };

export const promisesFold: ChapterFold<'promises', PromisesState> = {
  PromiseMade: ({ promises }, fact) => {
    const { promise: id, ...promised } = fact.data;
    return { promises: added(promises, { id, ...promised, fulfilled: null, broken: null, ...markOf(fact) }) };
  },
  PromiseFulfilled: ({ promises }, fact) => ({
    promises: changed(promises, fact.data.promise, (one) => ({ ...one, fulfilled: markOf(fact) })),
  }),
  PromiseBroken: ({ promises }, fact) => ({
    promises: changed(promises, fact.data.promise, (one) => ({ ...one, broken: markOf(fact) })),
  }),
};
