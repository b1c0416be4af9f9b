import { NoReadModel, waitFor, type Readers } from '#read-models/asking';
import { InvalidCursor, type Page } from '#read-models/page';
import type { Projection } from '#read-models/projection';
import type { Secrets } from '#privacy/secrets';
import { readCursor, writeCursor } from '../cursor.ts';
import { freshEnough } from '../fresh.ts';
import { Problem } from '../problem.ts';

/** Where lists are read. */
export interface ListReaders extends Readers {
  readonly secrets: Secrets;
}

/** The token under which Nest hands it out. */
export const LIST_READERS = Symbol('where lists are read');

interface Asked {
  /** The list, to which its cursors are bound. */
  readonly name: string;
  readonly filters: object;
  readonly cursor: string | undefined;
  readonly minPosition: string | undefined;
}

/** A page of a list: as fresh as demanded, its cursor bound to the filters. Throws Problem. */
export const listed = async <P extends Page<unknown>>(
  readers: ListReaders,
  projection: Projection,
  { name, filters, cursor, minPosition }: Asked,
  ask: (page: { cursor?: string }) => Promise<P>,
): Promise<P> => {
  const bound = filters as Readonly<Record<string, unknown>>;
  const place = readCursor(name, bound, cursor);
  if (place !== undefined && typeof place !== 'string') throw new Problem('invalid-cursor');
  return behindNothing(async () => {
    await freshEnough(
      (position, patience) => waitFor(readers, projection, position, patience),
      minPosition,
      await readers.store.epoch(),
    );
    const page = await ask(place === undefined ? {} : { cursor: place });
    return { ...page, next: page.next === null ? null : writeCursor(name, bound, page.next) };
  });
};

/** Asks a read model; one that was never filled yet is behind. */
export const behindNothing = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof InvalidCursor) throw new Problem('invalid-cursor');
    if (error instanceof NoReadModel)
      throw new Problem('read-model-behind', {
        detail: 'This list was never filled yet.',
        headers: { 'retry-after': '2' },
        cause: error,
      });
    throw error;
  }
};
