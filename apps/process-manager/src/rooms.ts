import { tablesOf, type RoomSchema } from '#postgres/tables';
import { rooms } from '#program/rooms';
import { processManagerMigrations } from './migrations.ts';

/** What a whole deployment keeps in the database, whichever program made it. */
export const allRooms: readonly RoomSchema[] = [...rooms, processManagerMigrations];
export const allTables = tablesOf(allRooms);
