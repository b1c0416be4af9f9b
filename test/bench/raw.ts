import pg from 'pg';
import type { NewEvent } from '#ledger/stream/port';

/** What the ledger is measured by: the least that stores a fact, and promises nothing of what a ledger does. */

/** The columns and the primary key of es.events; the database counts the positions. */
export const RAW_TABLE = `
create schema raw;
create table raw.events (
  position bigserial primary key,
  stream text not null,
  revision bigint not null,
  id uuid not null,
  type text not null,
  data jsonb not null,
  metadata jsonb not null,
  created timestamptz not null default clock_timestamp()
);
create schema guarded;
create table guarded.events (like raw.events including all, unique (id), unique (stream, revision));
`;

/** A pool of prepared single inserts; `guarded` also keeps the unique indexes that es.events has. */
export const rawInserts = (
  url: string,
  connections: number,
  schema: 'raw' | 'guarded',
): { readonly append: (stream: string, event: NewEvent) => Promise<unknown>; readonly close: () => Promise<void> } => {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  pool.on('error', () => undefined);
  const statement = {
    name: `insert-${schema}`,
    text: `insert into ${schema}.events (stream, revision, id, type, data, metadata) values ($1, $2, $3, $4, $5, $6)`,
  };
  return {
    append: (stream, { id, type, data, metadata }) =>
      pool.query({ ...statement, values: [stream, 0, id, type, JSON.stringify(data), JSON.stringify(metadata)] }),
    close: () => pool.end(),
  };
};
