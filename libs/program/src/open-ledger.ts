import type { Pool } from 'pg';
import type { LiveCounts } from '#ledger/adapters/eventstoredb/append-notifier';
import type { LedgerIdentity } from '#ledger/stream/ledger-identity';
import { StoreUnavailable, type EventStore } from '#ledger/stream/port';
import { PostgresLedgerIdentity } from '#ledger/adapters/postgres/postgres-identity';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import type { Settings } from '#settings/settings';

export interface OpenedLedger {
  readonly store: EventStore;
  readonly identity: LedgerIdentity;
  /** How the live subscription fares that wakes followers; EventStoreDB's alone. */
  readonly live?: () => LiveCounts;
  close(): Promise<void>;
}

export type LedgerSettings = Pick<Settings, 'eventStoreUrl' | 'eventStorePlainCredentials' | 'ledgerPrefix'>;

/** The store of EVENTSTORE_URL cannot be used now; the message says why, and quotes no setting. */
export class LedgerAway extends Error {
  override readonly name = 'LedgerAway';
}

/**
 * The ledger that the settings choose, and the one place that knows which: EventStoreDB when EVENTSTORE_URL is set, else
 * the PostgreSQL that holds everything beside it in either case. The pool and its migrations are the caller's.
 * Throws LedgerAway and BadConnectionString.
 */
export const openLedger = async (
  settings: LedgerSettings,
  { pool, databaseUrl }: { readonly pool: Pool; readonly databaseUrl: string },
): Promise<OpenedLedger> => {
  if (settings.eventStoreUrl !== undefined) return openEventStoreDb(settings, settings.eventStoreUrl, pool);
  const store = new PostgresEventStore({ url: databaseUrl });
  return { store, identity: new PostgresLedgerIdentity(pool), close: () => store.close() };
};

const openEventStoreDb = async (
  { ledgerPrefix: prefix, eventStorePlainCredentials: allowPlainCredentials }: LedgerSettings,
  url: string,
  keys: Pool,
): Promise<OpenedLedger> => {
  // Its client is large: who does without it does not load it.
  const { EventStoreDbEventStore } = await import('#ledger/adapters/eventstoredb/eventstoredb-event-store');
  const store = new EventStoreDbEventStore({ url, prefix, keys, allowPlainCredentials });
  const why = await whyUnusable(store);
  if (why === undefined) return { store, identity: store.identity, live: () => store.live, close: () => store.close() };
  await store.close();
  throw new LedgerAway(`The ledger of EVENTSTORE_URL cannot be used: ${why}.`);
};

/** Patiently, for programs start together, on busy machines; also by who may read streams and not the ledger as a whole. */
const whyUnusable = async (store: EventStore): Promise<string | undefined> => {
  try {
    await store.head();
    return undefined;
  } catch (error) {
    if (error instanceof StoreUnavailable) return error.message;
    throw error;
  }
};
