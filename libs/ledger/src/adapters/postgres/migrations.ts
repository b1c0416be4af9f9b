import type { RoomSchema } from '#postgres/tables';
import { privacyTables } from '#privacy/tables';
import { APPEND_MANY } from './append-many.sql.ts';
import { ledgerTables } from './tables.ts';

/** NOTE: a storage format, for ever. What each table is for stands beside it. */
const TABLES = `
create schema if not exists es;

-- One row. Whoever locks it appends next, so positions are without gaps and in commit order.
create table es.head (
  one boolean primary key default true check (one),
  position bigint not null,
  -- Minted with the ledger; the copy and restore commands change it.
  epoch text not null check (epoch ~ '^[0-9a-z]{1,40}$'),
  -- The slug that is published as /redress/<organisation>; fixed at first start.
  organisation text
) with (fillfactor = 10);
insert into es.head (position, epoch) values (0, substr(replace(gen_random_uuid()::text, '-', ''), 1, 12));

create table es.streams (
  stream text primary key,
  revision bigint not null
) with (fillfactor = 80);

create table es.events (
  position bigint primary key,
  stream text not null,
  revision bigint not null check (revision >= 0),
  id uuid not null unique,
  type text not null check (type <> ''),
  data jsonb not null,
  metadata jsonb not null,
  -- The store's own time: for operators, never shown, never in a digest.
  created timestamptz not null default clock_timestamp(),
  unique (stream, revision)
);

-- Data keys. Erased = the row stands, wrapped is null, erased_at is set. One live key per (subject, stream).
create table es.keys (
  kid uuid primary key,
  subject uuid not null,
  stream text not null,
  wrapped bytea,
  created timestamptz not null default clock_timestamp(),
  erased_at timestamptz,
  check ((wrapped is null) = (erased_at is not null))
);
create unique index keys_live on es.keys (subject, stream) where erased_at is null;

-- Secrets that the master key wraps, beside the data keys: the HMAC's, the master key's check value.
create table es.secrets (
  name text primary key,
  wrapped bytea not null,
  created timestamptz not null default clock_timestamp()
);

-- A customer's reference (keyed HMAC, no plain text) to the subject minted for it; erasing nulls the reference.
create table es.subjects (
  subject uuid primary key,
  reference_hmac bytea unique,
  created timestamptz not null default clock_timestamp(),
  erased_at timestamptz
);

-- What was erased and when. The same is listed outside the database, so that a restore can apply it again.
create table es.erasures (
  id uuid primary key,
  subject uuid not null,
  erased_at timestamptz not null
);

-- Followers. Positions are the printed text, so that the tables serve every ledger alike.
create table es.checkpoints (
  subscription text primary key,
  position text,
  -- Why its follower stopped (a class and a code), until one goes on.
  stopped text,
  owner uuid,
  lease_until timestamptz,
  updated timestamptz not null default clock_timestamp()
);

create table es.parked (
  subscription text not null,
  position text not null,
  stream text not null,
  event_id uuid not null,
  -- A class and a code, never a message: messages may quote personal values.
  error text not null,
  attempts int not null default 0,
  parked_at timestamptz not null default clock_timestamp(),
  primary key (subscription, position)
);
create index parked_streams on es.parked (subscription, stream);

create table es.timers (
  timer_id uuid primary key,
  due_at timestamptz not null,
  process text not null,
  key text not null,
  payload jsonb not null default '{}',
  fired_at timestamptz
);
create index timers_due on es.timers (due_at) where fired_at is null;
`;

/** History is added to, never changed: not even by the tables' owner, as long as the trigger stands. */
const PROTECTION = `
create function es.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'facts are never changed or removed' using errcode = 'insufficient_privilege';
end $$;
create trigger facts_are_immutable before update or delete or truncate on es.events
  for each statement execute function es.refuse_change();
alter table es.events enable always trigger facts_are_immutable;

-- What the role that the programs run under may do. Called once by the owner, with that role's name.
create function es.grant_application(role_name text) returns void language plpgsql as $$
begin
  execute format('grant usage on schema es to %I', role_name);
  execute format('grant select, insert on es.events, es.streams, es.keys, es.secrets, es.subjects, es.erasures to %I', role_name);
  execute format('grant select on es.head to %I', role_name);
  execute format('grant update (position, organisation) on es.head to %I', role_name);
  execute format('grant update (revision) on es.streams to %I', role_name);
  execute format('grant update (wrapped, erased_at) on es.keys to %I', role_name);
  execute format('grant update (wrapped) on es.secrets to %I', role_name);
  execute format('grant update (reference_hmac, erased_at), delete on es.subjects to %I', role_name);
  execute format('grant select, insert, update, delete on es.checkpoints, es.parked, es.timers to %I', role_name);
  execute format('grant execute on function es.append_many(jsonb, int) to %I', role_name);
end $$;
revoke all on function es.grant_application(text) from public;
`;

/** Who follows: `owner` is the lease's token, minted with each acquisition; `holder` is for people, `<machine>:<process>`. */
const HOLDERS = `
alter table es.checkpoints add column holder text;
`;

/** A ledger that was moved, or is being filled: nobody may write to it by mistake (rest.ts makes and drops the trigger). */
const REST = `
-- Why nobody may write; null: it is in use.
alter table es.head add column at_rest text;
create function es.refuse_append() returns trigger language plpgsql as $$
begin
  if current_setting('redress.filling', true) = 'yes' then
    return null;
  end if;
  raise exception 'this ledger is at rest' using errcode = 'object_not_in_prerequisite_state';
end $$;
`;

export const ledgerMigrations: RoomSchema = {
  room: 'ledger',
  tables: [...ledgerTables, ...privacyTables],
  functions: ['es.append_many(jsonb, int)'],
  migrations: [
    { name: '001-tables', sql: TABLES },
    { name: '002-append-many', sql: APPEND_MANY },
    { name: '003-protection', sql: PROTECTION },
    { name: '004-holders', sql: HOLDERS },
    { name: '005-rest', sql: REST },
    // The same function, for ledgers that have an older one: it looked through all keys while the planner thought them few.
    { name: '006-append-many-by-index', sql: APPEND_MANY },
    // And again: less to do for one fact alone.
    { name: '007-append-one', sql: APPEND_MANY },
  ],
};
