import type { Pool } from 'pg';
import { adoptPolicy } from '#desk/system/adopt-policy';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { defaultPolicy } from '#policy/default-policy';
import { openDatabase } from '#postgres/database';
import { rooms } from '#program/rooms';
import { migrate } from '#postgres/migrations';
import { MasterKey } from '#privacy/master-key';
import { PostgresKeyTable } from '#privacy/postgres-key-table';
import { Secrets } from '#privacy/secrets';
import { Vault } from '#privacy/vault';
import { conversation, type Conversation } from './facts.ts';
import { RAW_TABLE } from './raw.ts';

/** The service's own parts over a database, as measured from within. */
export interface Opened {
  readonly pool: Pool;
  readonly store: PostgresEventStore;
  readonly vault: Vault;
  readonly secrets: Secrets;
  readonly close: () => Promise<void>;
}

/** One master key for everything that a run seals, and as programs read it. */
export const { key: MASTER, text: MASTER_TEXT } = MasterKey.mint();

export const openLedger = async (url: string): Promise<Opened> => {
  const pool = openDatabase(url, { name: 'bench', max: 20, statementTimeoutMs: 3_600_000 });
  const store = new PostgresEventStore({ url });
  return {
    pool,
    store,
    vault: new Vault(new PostgresKeyTable(pool), MASTER),
    secrets: await Secrets.open(pool, MASTER),
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
};

/** All tables, a policy, and beside them the tables of the bare baselines. */
export const prepareLedger = async (url: string): Promise<Opened> => {
  const pool = openDatabase(url, { name: 'bench-migrations' });
  await migrate(pool, ...rooms);
  await pool.query(RAW_TABLE);
  await pool.end();
  const opened = await openLedger(url);
  const { store, vault, secrets } = opened;
  await adoptPolicy(
    {
      store,
      vault,
      secrets,
      clock: () => new Date(),
    },
    { policy: defaultPolicy, source: 'defaults' },
  );
  return opened;
};

/** Appends complaints of so many facts each, truly sealed. */
export const converse = async ({ store }: Pick<Opened, 'store'>, complaints: number, length: number) => {
  const streams: string[] = [];
  for (let left = complaints; left > 0; left -= 200) {
    const made = Array.from({ length: Math.min(200, left) }, () => conversation(length, MASTER));
    await Promise.all(made.map((one) => storeOne(store, one)));
    streams.push(...made.map(({ stream }) => stream));
  }
  return streams;
};

const storeOne = (store: PostgresEventStore, { stream, events, key }: Conversation): Promise<unknown> =>
  store.append(stream, 'no_stream', events, { newKeys: [key] });
