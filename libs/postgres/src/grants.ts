import pg from 'pg';
import type { RoomSchema } from './tables.ts';

/** The schema in which it stands what has run (migrations.ts). */
const MIGRATIONS = 'migrations';

/**
 * Lets the role that the programs run under do what the rooms declare, and no more. For the owner, after the migrations;
 * whoever calls it must be a member of the role, to hand it what it is to own. Within a transaction.
 */
export const grantApplication = async (
  tx: pg.PoolClient,
  rooms: readonly RoomSchema[],
  name: string,
): Promise<void> => {
  const role = pg.escapeIdentifier(name);
  for (const statement of grantsOf(rooms, role)) await tx.query(statement);
  for (const { grant } of rooms) await grant?.(tx, role);
};

const grantsOf = (rooms: readonly RoomSchema[], role: string): string[] => {
  const things = rooms.flatMap(({ tables, sequences = [] }) => [...tables, ...sequences]);
  const schemas = [...new Set(things.map(({ name }) => name.slice(0, name.indexOf('.'))))];
  return [
    `grant usage on schema ${[...schemas, MIGRATIONS].join(', ')} to ${role}`,
    // So that a start can see that nothing is to be done. The owner runs migrations.
    `grant select on all tables in schema ${MIGRATIONS} to ${role}`,
    ...rooms.flatMap(({ tables, sequences = [], functions = [] }) => [
      ...tables.map(({ name, rights }) => `grant ${rights.join(', ')} on ${name} to ${role}`),
      ...sequences.map(({ name, rights }) => `grant ${rights.join(', ')} on sequence ${name} to ${role}`),
      ...functions.map((signature) => `grant execute on function ${signature} to ${role}`),
    ]),
  ];
};
