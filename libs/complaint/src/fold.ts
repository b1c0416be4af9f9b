import { List } from '#fact/list';
import type { ChapterEvent, ComplaintChapter, ComplaintFactOf } from './events.ts';

/**
 * What the facts of a chapter change in its slice of the state; total, so that the compiler misses a new one here.
 * Records and never refuses: history already happened. `'ignored'`: the clocks read it, or nothing changes.
 */
export type ChapterFold<Chapter extends ComplaintChapter, Slice> = {
  readonly [Type in ChapterEvent<Chapter>['type']]:
    'ignored' | ((slice: Slice, fact: ComplaintFactOf<Type>) => Partial<Slice>);
};

// States that were stored as JSON have arrays where there were lists.

/** A list with one more item. */
export const added = <T>(list: List<T>, item: T): List<T> => List.from(list).add(item);

/** A list in which the item of this id has changed. */
export const changed = <T extends { readonly id: string }>(
  list: List<T>,
  id: string | undefined,
  change: (item: T) => T,
): List<T> => List.from(list).change((item) => item.id === id, change);
