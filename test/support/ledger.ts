import { randomBytes } from 'node:crypto';
import { readSettings } from '#settings/settings';
import { openLedger, type OpenedLedger } from '#program/open-ledger';
import { realEventStoreUrl } from './eventstore-url.ts';
import type { TestDatabase } from './test-database.ts';

/**
 * Settings of a ledger of one's own: on the EventStoreDB of EVENTSTORE_URL, which others may use as well, under a prefix
 * that nobody else has; without that variable none, so that the ledger lies in PostgreSQL with the rest.
 */
export const ledgerSettings = (): Record<string, string> => {
  const url = realEventStoreUrl();
  if (url === undefined) return {};
  return {
    EVENTSTORE_URL: url,
    LEDGER_PREFIX: `test-${randomBytes(6).toString('hex')}-`,
  };
};

/** The ledger of such settings, for suites that do without a whole program. The schema `es` must be there. */
export const openTestLedger = ({ pool, url }: Pick<TestDatabase, 'pool' | 'url'>): Promise<OpenedLedger> =>
  openLedger(readSettings(ledgerSettings(), { standalone: true }), { pool, databaseUrl: url });
