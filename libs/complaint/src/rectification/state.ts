import { List } from '#fact/list';
import type { Personal } from '#fact/personal';
import { added, type ChapterFold } from '../fold.ts';
import { markOf, type Mark } from '../mark.ts';

export interface Rectification extends Mark {
  readonly of: string;
  readonly type: string;
  readonly data?: Personal;
  readonly representative?: Personal;
  readonly reason: Personal;
}

/** What was found wrong. */
export interface RectificationState {
  /** Fact ids, with their types, newest last: what can be rectified. */
  readonly facts: List<{ readonly id: string; readonly type: string }>;
  readonly rectifications: List<Rectification>;
}

export const rectificationAtFirst: RectificationState = { facts: List.empty, rectifications: List.empty };

export const rectificationFold: ChapterFold<'rectification', RectificationState> = {
  FactRectified: ({ rectifications }, fact) => {
    const { fact: of, ...rectified } = fact.data;
    return { rectifications: added(rectifications, { of, ...rectified, ...markOf(fact) }) };
  },
};
