import type { RoomSchema } from '#postgres/tables';
import { handOver } from './generations.ts';

/**
 * NOTE: a storage format. Which generations of each read model there are, and which one answers. The models' own tables
 * are made with each generation, in its schema, and dropped with it: they are never migrated.
 */
const GENERATIONS = `
create schema if not exists es;

create table es.read_models (
  model text not null check (model ~ '^[a-z]+(_[a-z]+)*$'),
  version int not null check (version >= 1),
  generation int not null check (generation >= 1),
  -- Its tables; the follower's checkpoint is named after it.
  schema text not null unique,
  state text not null check (state in ('building', 'live', 'retired')),
  made timestamptz not null default clock_timestamp(),
  -- When it last began or ceased to answer.
  switched timestamptz,
  primary key (model, version, generation)
);
-- Programs of two versions may run side by side: each asks the live generation of its own.
create unique index read_models_live on es.read_models (model, version) where state = 'live';
`;

export const readModelMigrations: RoomSchema = {
  room: 'read_models',
  tables: [
    { name: 'es.read_models', content: 'derived', rights: ['select', 'insert', 'update', 'delete'], backup: false },
  ],
  grant: handOver,
  migrations: [{ name: '001-generations', sql: GENERATIONS }],
};
