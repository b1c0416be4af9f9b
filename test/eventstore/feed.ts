import type { Filter } from './filter.ts';
import type { StoredEvent } from './event.ts';
import type { View } from './view.ts';

export interface Page {
  readonly events: readonly StoredEvent[];
  /** How many were looked at, those left out included. */
  readonly looked: number;
  readonly next: number;
  readonly atEnd: boolean;
}

const PAGE = 32;

/** What a subscription is about. It counts by positions ($all) or by revisions (one stream). */
export interface Feed {
  page(from: number): Page | 'missing' | 'tombstoned';
  orderOf(event: StoredEvent): number;
  /** The order of the newest event. */
  last(): number;
  /** Whether it is looked at. */
  covers(event: StoredEvent): boolean;
  /** Whether it is handed on. */
  lets(event: StoredEvent): boolean;
  /** Looked-at events between two checkpoints. */
  readonly interval?: number;
}

export const allFeed = (view: View, filter: Filter | undefined): Feed => {
  const window = filter?.window ?? PAGE;
  const lets = filter?.lets ?? (() => true);
  return {
    page: (from) => {
      const looked = view.forwards(from, window);
      const next = looked.length > 0 ? looked.at(-1)!.position + 1 : from;
      return { events: looked.filter(lets), looked: looked.length, next, atEnd: looked.length < window };
    },
    orderOf: (event) => event.position,
    last: () => view.end - 1,
    covers: () => true,
    lets,
    ...(filter && { interval: filter.interval }),
  };
};

export const streamFeed = (view: View, name: string): Feed => ({
  page: (from) => {
    const state = view.streamIs(name);
    if (state !== 'there') return state;
    const events = view.streamForwards(name, from, PAGE);
    const next = events.length > 0 ? events.at(-1)!.revision + 1 : from;
    return { events, looked: events.length, next, atEnd: events.length < PAGE };
  },
  orderOf: (event) => event.revision,
  last: () => view.lastRevision(name),
  covers: (event) => event.stream === name,
  lets: () => true,
});
