import type { JsonObject } from '#fact/json';
import type { FactMetadata } from '#fact/fact';
import type { EventFilter, RecordedEvent } from '../../stream/port.ts';
import { printDigits } from '../../stream/position.ts';

export interface EventRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: FactMetadata;
  /** True: the page ends here for its size, whatever follows. */
  readonly full: true | null;
}

export const eventOf = (row: EventRow, epoch: string): RecordedEvent => ({
  id: row.id,
  type: row.type,
  data: row.data,
  metadata: row.metadata,
  stream: row.stream,
  revision: BigInt(row.revision),
  position: printDigits(epoch, row.position),
});

/** A page of the ledger. Whatever PostgreSQL may do one day: a fact out of order would make a follower skip others. */
export const eventsOf = (rows: readonly EventRow[], epoch: string): RecordedEvent[] => {
  let last = '';
  return rows.map((row) => {
    const event = eventOf(row, epoch);
    if (event.position <= last) throw new Error('the ledger returned facts out of order');
    last = event.position;
    return event;
  });
};

/** A page holds about this many stored bytes at most (and at least one fact), whatever number was asked for. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** A filtered page looks at this many positions at most: nobody waits for a fact that lies a million further. */
export const FILTERED_SPAN = 20_000n;

const COLUMNS = 'position, stream, revision, id, type, data, metadata';
const BYTES = 'pg_column_size(data) + pg_column_size(metadata)';

/**
 * Cuts `source`, ordered by `order`, behind the fact with which PAGE_BYTES are reached. That fact says so itself: to
 * count what lies behind it, PostgreSQL would have to gather the whole page first.
 */
const cut = (source: string, order: string): string => `
  select ${COLUMNS}, case when up_to >= ${PAGE_BYTES} then true end as "full" from (
    select p.*, sum(${BYTES}) over (order by ${order} rows unbounded preceding) as up_to from (${source}) p
  ) c where up_to - (${BYTES}) < ${PAGE_BYTES}`;

/** $1 stream, $2 inclusive revision, $3 count. */
export const readStreamStatement = (direction: 'forwards' | 'backwards') => {
  const [compare, order] = direction === 'forwards' ? ['>=', 'revision'] : ['<=', 'revision desc'];
  return {
    name: `read-stream-${direction}`,
    text: `with page as (${cut(`select ${COLUMNS} from es.events where stream = $1 and revision ${compare} $2 order by ${order} limit $3`, order)})
      select h.epoch, page.* from es.head h left join page on true order by page.${order}`,
  };
};

/** $1 streams, $2 inclusive revisions, $3 counts: the next page of each, forwards, in the places asked. */
export const readStreamsStatement = {
  name: 'read-streams',
  text: `select h.epoch, q.place, page.* from es.head h
    cross join unnest($1::text[], $2::bigint[], $3::int[]) with ordinality as q (name, from_revision, at_most, place)
    left join lateral (${cut(`select ${COLUMNS} from es.events where stream = q.name and revision >= q.from_revision order by revision limit q.at_most`, 'revision')}) page on true
    order by q.place, page.revision`,
};

/** The head comes before the facts, in a row of its own: it need not be said, and read, with each of them. */
export interface HeadRow {
  readonly head: string;
  readonly epoch: string;
  readonly position: null;
}
export type PageRow = HeadRow | EventRow;

/**
 * $1 exclusive position, $2 inclusive last position, $3 count, $4 the filter's values. One statement = one snapshot: a
 * head that says n comes with every fact up to n, for positions are given in the order of commits. The parts of a
 * `union all` come one after the other, unless they may be read in parallel, which a limit forbids: nothing has to be
 * sorted once more. Who reads looks whether that is so.
 */
export const readAllStatement = (filter: EventFilter | undefined) => {
  const [name, condition] =
    filter === undefined
      ? ['all', '']
      : 'types' in filter
        ? ['types', 'and type = any($4)']
        : ['prefixes', 'and stream ^@ any($4)'];
  return {
    name: `read-all-${name}`,
    text: `select position as head, epoch, null::bigint as position, null as stream, null::bigint as revision,
             null::uuid as id, null as type, null::jsonb as data, null::jsonb as metadata, null::boolean as "full" from es.head
      union all select null, null, page.* from (${cut(`select ${COLUMNS} from es.events where position > $1 and position <= $2 ${condition} order by position limit $3`, 'position')}) page`,
  };
};
