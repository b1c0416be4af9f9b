import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ledgerTables } from '#ledger/adapters/postgres/tables';
import { allRooms } from '#process-manager/rooms';
import type { Table } from '#postgres/tables';
import { privacyTables } from '#privacy/tables';

/** Where the names of tables may stand: in the rooms that declare them. Migrations that are history stay as they are. */
const named = (names: readonly Table[], ...rooms: readonly string[]): [string, readonly string[]][] =>
  names.map(({ name }) => [name, rooms]);
const roomOf = (room: string): string =>
  room === 'process_manager' ? 'apps/process-manager' : `libs/${room.replaceAll('_', '-')}`;

const OWNERS = new Map([
  ...allRooms.flatMap(({ room, tables }) => named(tables, roomOf(room))),
  ...named(ledgerTables, 'libs/ledger'),
  // A key is written in one transaction with the fact that it seals.
  ...named(privacyTables, 'libs/privacy', 'libs/ledger'),
]);

/** Statements in which two rooms' tables must change, or be seen, at once. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  // Generations are switched and dropped together with the checkpoints and parked facts of their followers.
  'es.checkpoints': ['libs/read-models'],
  'es.parked': ['libs/read-models'],
  // Search terms of somebody who is being erased are not made: the key's row is held while they are.
  'es.keys': ['libs/read-models'],
};

const sources = async (): Promise<{ readonly room: string; readonly text: string }[]> => {
  const found: { room: string; text: string }[] = [];
  for (const place of ['libs', 'apps'])
    for (const room of await readdir(place))
      for (const file of await readdir(join(place, room, 'src'), { recursive: true }))
        if (file.endsWith('.ts') && !/(\.(spec|stories|contract)|(^|\/)migrations)\.ts$/.test(file))
          found.push({ room: `${place}/${room}`, text: await readFile(join(place, room, 'src', file), 'utf8') });
  return found;
};

describe('the names of tables', () => {
  it('stand in the rooms that declare them, and nowhere else', async () => {
    const all = await sources();
    expect(all.length).toBeGreaterThan(300);
    for (const [name, owners] of OWNERS) {
      const naming = new RegExp(`\\b${name.replace('.', '\\.')}\\b`);
      const rooms = [...new Set(all.filter(({ text }) => naming.test(text)).map(({ room }) => room))].sort();
      expect([name, rooms]).toEqual([name, expect.arrayContaining([owners[0]])]);
      const allowed = [...owners, ...(TOGETHER[name] ?? [])];
      expect([name, rooms.filter((room) => !allowed.includes(room))]).toEqual([name, []]);
    }
  });
});
