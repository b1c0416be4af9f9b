import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { NewEvent } from '#ledger/stream/port';

/** The other libraries that appends are compared with. They live apart: their peers would not go with ours. */

export interface Other {
  readonly name: string;
  readonly append: (stream: string, event: NewEvent) => Promise<unknown>;
  readonly close: () => Promise<unknown>;
}

const room = resolve('node_modules/.cache/redress-bench');

/** False: measuring them would fetch them first. */
export const othersAreHere = (): boolean => existsSync(join(room, 'node_modules/.package-lock.json'));

/** Installs them once, from the lock file beside this one. */
const installed = async (): Promise<NodeJS.Require> => {
  await mkdir(room, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    await copyFile(resolve('test/bench/others', file), join(room, file));
  if (!othersAreHere())
    await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund'], { cwd: room, timeout: 300_000 });
  return createRequire(join(room, 'package.json'));
};

/** @event-driven-io/emmett-postgresql, as its README shows it. It makes its tables at the first append. */
export const emmett = async (url: string, connections: number): Promise<Other> => {
  const load = await installed();
  const { getPostgreSQLEventStore } = load('@event-driven-io/emmett-postgresql') as {
    getPostgreSQLEventStore: (
      url: string,
      options: object,
    ) => {
      appendToStream: (stream: string, events: readonly object[], options: object) => Promise<unknown>;
      readonly close: () => Promise<void>;
    };
  };
  const pg = load('pg') as {
    Pool: new (options: object) => { end(): Promise<void>; on(what: 'error', told: () => void): void };
  };
  const pool = new pg.Pool({ connectionString: url, max: connections });
  pool.on('error', () => undefined);
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
  return {
    name: `emmett-postgresql ${versionIn(load, '@event-driven-io/emmett-postgresql')}`,
    append: (stream, { type, data, metadata }) =>
      store.appendToStream(stream, [{ type, data, metadata }], { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' }),
    close: async () => {
      await store.close();
      await pool.end().catch(() => undefined);
    },
  };
};

/** @castore/event-storage-adapter-postgres: its own table, one insert an event. */
export const castore = async (url: string, connections: number): Promise<Other> => {
  const load = await installed();
  const { PostgresEventStorageAdapter } = load('@castore/event-storage-adapter-postgres') as {
    PostgresEventStorageAdapter: {
      new (options: object): {
        pushEvent(event: object, options: object): Promise<unknown>;
        _sql: { end(): Promise<void> };
      };
      createEventTable(options: object): Promise<unknown>;
    };
  };
  // postgres.js takes the size of its pool from the URL.
  const sized = new URL(url);
  sized.searchParams.set('max', String(connections));
  await PostgresEventStorageAdapter.createEventTable({ connectionString: url });
  const adapter = new PostgresEventStorageAdapter({ connectionString: sized.href });
  return {
    name: `castore ${versionIn(load, '@castore/event-storage-adapter-postgres')}`,
    append: (stream, { type, data, metadata }) =>
      adapter.pushEvent(
        { aggregateId: stream.slice(-36), version: 1, type, payload: data, metadata, timestamp: metadata.recordedAt },
        { eventStoreId: 'COMPLAINTS' },
      ),
    close: () => adapter._sql.end(),
  };
};

const versionIn = (load: NodeJS.Require, name: string): string => {
  for (const folder of load.resolve.paths(name) ?? [])
    if (existsSync(join(folder, name, 'package.json')))
      return (load(join(folder, name, 'package.json')) as { version: string }).version;
  return '';
};
