import type { RoomSchema, Table } from '#postgres/tables';

/** What the process manager counts by. Disposable: all of it follows from the ledger. Codes and ids only. */
const COUNTING = `
create schema process_manager;

-- Each complaint as far as recurrence asks, through the given revision of its stream.
create table process_manager.complaints (
  complaint uuid primary key,
  revision int not null,
  -- Effective. As facts print it, so that every year that a window can reach compares.
  received_at text collate "C" not null,
  migrated boolean not null,
  -- Each issue's id and present codes.
  issues jsonb not null
);

-- The facts of each group, numbered in the order of the ledger: a complaint begins to count in it, or ends.
create table process_manager.recurrence_counts (
  group_key text not null,
  number int not null,
  complaint uuid not null,
  counts boolean not null,
  -- The number by which it no longer counts.
  ended int,
  received_at text collate "C" not null,
  fact uuid not null,
  primary key (group_key, number)
);
create index recurrence_counts_received on process_manager.recurrence_counts (group_key, received_at);
create index recurrence_counts_complaint on process_manager.recurrence_counts (group_key, complaint, number);
`;

const COUNTED: Omit<Table, 'name'> = {
  content: 'derived',
  rights: ['select', 'insert', 'update', 'delete'],
  backup: { taken: 'before-facts' },
};

export const processManagerMigrations: RoomSchema = {
  room: 'process_manager',
  tables: [
    { name: 'process_manager.complaints', ...COUNTED },
    { name: 'process_manager.recurrence_counts', ...COUNTED },
  ],
  migrations: [{ name: '001-counting', sql: COUNTING }],
};
