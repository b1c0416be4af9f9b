import type { JsonObject } from '../../../fact/src/json.ts';
import type { FactMetadata } from '../../../fact/src/fact.ts';
import type { EventFilter, RecordedEvent } from '../port.ts';
import { printPosition } from '../position.ts';

export interface EventRow {
  readonly position: string;
  readonly stream: string;
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: FactMetadata;
}

export const eventOf = (row: EventRow, epoch: string): RecordedEvent => ({
  id: row.id,
  type: row.type,
  data: row.data,
  metadata: row.metadata,
  stream: row.stream,
  revision: BigInt(row.revision),
  position: printPosition(epoch, BigInt(row.position)),
});

/** A page holds about this many stored bytes at most (and at least one fact), whatever number was asked for. */
const PAGE_BYTES = 4 * 1024 * 1024;
/** A filtered page looks at this many positions at most: nobody waits for a fact that lies a million further. */
export const FILTERED_SPAN = 20_000n;

const COLUMNS = 'position, stream, revision, id, type, data, metadata';

/** Cuts `source`, ordered by `order`, after PAGE_BYTES; `found` says how many rows there were before the cut. */
const cut = (source: string, order: string): string => `
  select * from (
    select p.*, count(*) over () as found,
      sum(pg_column_size(p.data) + pg_column_size(p.metadata)) over (order by ${order}) - pg_column_size(p.data) as before
    from (${source}) p
  ) c where c.before < ${PAGE_BYTES}`;

/** $1 stream, $2 inclusive revision, $3 count. */
export const readStreamStatement = (direction: 'forwards' | 'backwards') => {
  const [compare, order] = direction === 'forwards' ? ['>=', 'revision'] : ['<=', 'revision desc'];
  return {
    name: `read-stream-${direction}`,
    text: `with page as (${cut(`select ${COLUMNS} from es.events where stream = $1 and revision ${compare} $2 order by ${order} limit $3`, `p.${order}`)})
      select h.epoch, page.* from es.head h left join page on true order by page.${order}`,
  };
};

/** $1 streams, $2 inclusive revisions, $3 counts: the next page of each, forwards, in the places asked. */
export const readStreamsStatement = {
  name: 'read-streams',
  text: `select h.epoch, q.place, page.* from es.head h
    cross join unnest($1::text[], $2::bigint[], $3::int[]) with ordinality as q (name, from_revision, at_most, place)
    left join lateral (${cut(`select ${COLUMNS} from es.events where stream = q.name and revision >= q.from_revision order by revision limit q.at_most`, 'p.revision')}) page on true
    order by q.place, page.revision`,
};

/**
 * $1 exclusive position, $2 inclusive last position, $3 count, $4 the filter's values. One statement = one snapshot: a
 * head that says n comes with every fact up to n, for positions are given in the order of commits.
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
    text: `with page as (${cut(`select ${COLUMNS} from es.events where position > $1 and position <= $2 ${condition} order by position limit $3`, 'p.position')})
      select h.position as head, h.epoch, page.* from es.head h left join page on true order by page.position`,
  };
};
