import type { RoomSchema } from '#postgres/tables';

/**
 * NOTE: a storage format. es.timers is the ledger's table; these are the columns that firing needs. A timer that has fired
 * is deleted (versions before kept it, with `fired_at` and `outcome`): set again it fires again, and its command is found
 * recorded. `lane` is the ordering key.
 */
const FIRING = `
alter table es.timers
  -- In the order of setting; the follower sets in the order of the ledger.
  add column number bigint generated always as identity,
  -- Timers of one lane fire one after the other, by number; without a lane each for itself.
  add column lane text,
  add column set_at timestamptz not null default clock_timestamp(),
  -- Claimed, or backing off, until then, by the database's clock.
  add column not_before timestamptz,
  add column claimed_by uuid,
  add column attempts int not null default 0,
  -- Why the last attempt failed: a class and a code, never a message.
  add column error text,
  -- What the command answered: recorded, nothing, or the refusal's code.
  add column outcome text;
drop index es.timers_due;
create index timers_pending on es.timers (due_at, number) where fired_at is null;
create index timers_lanes on es.timers (lane, number) where fired_at is null and lane is not null;
`;

export const timerMigrations: RoomSchema = {
  room: 'timers',
  tables: [
    // Timers that are set again fire again, and their commands are found recorded.
    {
      name: 'es.timers',
      content: 'derived',
      rights: ['select', 'insert', 'update', 'delete'],
      backup: { taken: 'before-facts', without: ['not_before', 'claimed_by'], counter: 'number' },
    },
  ],
  migrations: [{ name: '001-firing', sql: FIRING }],
};
