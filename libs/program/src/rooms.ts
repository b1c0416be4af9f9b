import { deskMigrations } from '#desk/migrations';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import type { RoomSchema } from '#postgres/tables';
import { readModelMigrations } from '#read-models/migrations';
import { timerMigrations } from '#timers/migrations';
import { programMigrations } from './migrations.ts';

/** What every program needs in the database, in the order in which it is made. */
export const rooms: readonly RoomSchema[] = [
  ledgerMigrations,
  deskMigrations,
  readModelMigrations,
  timerMigrations,
  programMigrations,
];
