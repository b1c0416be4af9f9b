import { Type, type TSchema } from '@sinclair/typebox';
import { count, nullable, type AnswerOf } from '#desk/answer-schemas';
import { refusal } from '#desk/answering';
import { InvalidCursor, readCursor, writeCursor } from '#desk/queries/cursor';
import { byCursor, byPosition, limitTo } from '#desk/queries/parameters';
import { defineQuery, sourceOf, type Opening, type Parameters, type ValuesOf } from '#desk/queries/query';
import type { Permission } from '#desk/roles';
import type { VersionedPolicy } from '#policy/policy';
import type { Secrets } from '#privacy/secrets';
import type { Clock } from '#time/clock';
import { freshEnough, type Readers } from './asking.ts';
import type { Page, PageOf } from './page.ts';
import type { Projection } from './projection.ts';

/** What lists are answered from. */
export interface Lists extends Readers, Opening {
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** The one in force. */
  readonly policy: () => Promise<VersionedPolicy>;
}

export const LISTS = sourceOf<Lists>('what lists are answered from');

export const nowOf = ({ clock }: Lists): string => clock().toISOString();

/** How fresh an answer is. */
export const AS_OF = Type.Object(
  { position: nullable(Type.String()), lagSeconds: Type.Number({ minimum: 0 }), parked: count },
  { description: 'How fresh this is: the last fact that it knows, and the age of the oldest one that it does not.' },
);

/** What every list takes besides its filters. */
const paging = {
  limit: limitTo(),
  cursor: byCursor(),
  minPosition: byPosition('The list must know this position; waits up to 2 s.'),
};

/**
 * A list: what it is filtered by, how its items look and which rows they are. The rest is the same for all: pages, cursors
 * that are bound to the filters, and waiting for a position.
 */
export const defineList = <const Filters extends Parameters, Item extends TSchema>({
  name,
  projection,
  filters,
  apart = [],
  item,
  select,
  ...described
}: {
  /** NOTE: published: its path, and what its cursors are bound to. */
  readonly name: string;
  /** NOTE: published, in the OpenAPI document: `Overdue.list`. */
  readonly operation: string;
  readonly tag: string;
  readonly summary: string;
  readonly roles: Permission;
  /** Whose tables it reads. */
  readonly projection: Projection;
  readonly filters: Filters;
  /** Filters of which one says what the other one asks: not given together. */
  readonly apart?: readonly (readonly [keyof Filters & string, keyof Filters & string])[];
  /** Its personal texts are still sealed: they are opened once the list is answered. */
  readonly item: Item;
  readonly select: (lists: Lists, filters: ValuesOf<Filters>, page: PageOf) => Promise<Page<AnswerOf<Item>>>;
}) => ({
  ...defineQuery({
    ...described,
    path: `v1/${name}`,
    parameters: {
      ...filters,
      ...paging,
    },
    answer: Type.Object({ items: Type.Array(item), next: nullable(Type.String()), asOf: AS_OF }),
    from: LISTS,
    select: async (lists, asked) => {
      const { limit, cursor, minPosition, ...by } = asked as ValuesOf<typeof paging> & ValuesOf<Filters>;
      for (const [one, other] of apart)
        if (one in by && other in by)
          return refusal('invalid-parameter', `${one} goes with no ${other}.`, { parameter: one });
      const place = readCursor(name, by, cursor);
      if (place !== undefined && typeof place !== 'string') throw new InvalidCursor('it holds no key');
      await freshEnough(lists, projection, minPosition);
      const page = await select(lists, by as unknown as ValuesOf<Filters>, {
        limit,
        ...(place !== undefined && { cursor: place }),
      });
      const next = page.next === null ? null : writeCursor(name, by, page.next);
      return { kind: 'found', value: { ...page, next } };
    },
  }),
  projection,
});
