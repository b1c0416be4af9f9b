import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Opened } from '../../../libs/program/src/opened.ts';
import { Trouble } from './command.ts';
import { OPERATOR } from './places.ts';

/** One command of this kind at a time in a database. Any number that nobody else uses. */
const ALONE = '7305808869229540';
/** A program that was killed is still leased for some seconds; its connections are gone sooner. */
const PATIENCE_MS = { leased: 9_000, connected: 2_000 };

/** Looks again whether nobody else is at work; before the ledger of this process is opened, and at its end. */
export type Quiet = (ours?: readonly string[]) => Promise<void>;

/**
 * Proves that nobody else is at work on a database, and keeps other commands of this kind away until all is closed:
 * no program is connected, no follower holds a lease. A program that is not connected just now cannot be seen: who stops
 * them must stop all of them. Throws Trouble.
 */
export const demandQuiet = async (databaseUrl: string, opened: Opened, signal: AbortSignal): Promise<Quiet> => {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: OPERATOR });
  client.on('error', () => undefined);
  await client.connect();
  opened.closeBy(() => client.end());
  const { rows } = await client.query<{ alone: boolean }>(`select pg_try_advisory_lock(${ALONE}) as alone`);
  if (!rows[0]!.alone) throw new Trouble('Another such command is at work on this database. Wait for its end.');
  const quiet: Quiet = async (ours = []) => {
    for (const since = Date.now(); ;) {
      const programs = await connected(client, ours);
      const busy = [...programs, ...(await leased(client))];
      if (busy.length === 0) return;
      if (Date.now() - since > (programs.length > 0 ? PATIENCE_MS.connected : PATIENCE_MS.leased))
        throw new Trouble(`Stop every program of Redress first; these are still at work: ${busy.join(', ')}.`);
      await pause(500, undefined, { signal });
    }
  };
  await quiet();
  return quiet;
};

/** What the opened ledger of this very process is called in the list of connections. */
export const OUR_LEDGER = ['redress-ledger', 'redress-append'];

const connected = async (client: pg.Client, ours: readonly string[]): Promise<string[]> => {
  const { rows } = await client.query<{ name: string; connections: number }>(
    `select application_name as name, count(*)::int as connections from pg_stat_activity
      where datname = current_database() and application_name like 'redress-%'
        and application_name <> all($1) group by 1 order by 1`,
    [[OPERATOR, 'redress-owner', ...ours]],
  );
  return rows.map(({ name, connections }) => `${name} (${connections} connections)`);
};

const leased = async (client: pg.Client): Promise<string[]> => {
  const { rows } = await client.query<{ subscription: string; holder: string | null }>(
    `select subscription, holder from es.checkpoints
      where owner is not null and lease_until > clock_timestamp() order by 1`,
  );
  return rows.map(({ subscription, holder }) => `${subscription} (followed by ${holder ?? 'somebody'})`);
};
