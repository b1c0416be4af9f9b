import pg from 'pg';
import { leasedSubscriptions } from '#ledger/follow/subscriptions';
import type { Opened } from '#program/opened';
import { KEPT_ALIVE, PROGRAM_LOCK } from '#program/program-lock';
import { pause } from '#resilience/pause';
import { OperatorError } from './command.ts';
import { OPERATOR } from './ledger-location.ts';

/** One command of this kind at a time in a database. Any number that nobody else uses. */
const ALONE = '7305808869229540';
/** A program that was killed is still leased for some seconds; its connections are gone sooner. */
const PATIENCE_MS = { leased: 9_000, connected: 2_000 };

/** Looks again whether nobody else is at work; before the ledger of this process is opened, and at its end. */
export type ExclusiveAccess = (ours?: readonly string[]) => Promise<void>;

/**
 * Proves that nobody else is at work on a database, and keeps programs and other commands of this kind away until all is
 * closed: the lock is ours that every program holds while it lives, however idle it is. Programs of before that lock are
 * seen by their connections, and followers by their leases. Throws OperatorError.
 */
export const demandExclusiveAccess = async (
  databaseUrl: string,
  opened: Opened,
  signal: AbortSignal,
): Promise<ExclusiveAccess> => {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: OPERATOR, keepAlive: true });
  client.on('error', () => undefined);
  await client.connect();
  opened.closeBy(() => client.end());
  await client.query(KEPT_ALIVE);
  if (!(await takes(client, ALONE)))
    throw new OperatorError('Another such command is running on this database. Wait until it ends.');
  let held = false;
  const exclusive: ExclusiveAccess = async (ours = []) => {
    for (const since = performance.now(); ;) {
      held ||= await takes(client, PROGRAM_LOCK);
      const programs = await connected(client, ours);
      const busy = [...programs, ...(await leased(client))];
      if (held && busy.length === 0) return;
      if (performance.now() - since > (programs.length > 0 || !held ? PATIENCE_MS.connected : PATIENCE_MS.leased))
        throw new OperatorError(
          `Stop every program of Redress first; these are still at work: ${busy.join(', ') || 'one that starts just now'}.`,
        );
      await pause(500, signal);
      signal.throwIfAborted();
    }
  };
  await exclusive();
  return exclusive;
};

/** What the opened ledger of this very process is called in the list of connections. */
export const OUR_LEDGER = ['redress-ledger', 'redress-append'];

const takes = async (client: pg.Client, lock: string): Promise<boolean> => {
  const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_lock(${lock}) as taken`);
  return rows[0]!.taken;
};

const connected = async (client: pg.Client, ours: readonly string[]): Promise<string[]> => {
  const { rows } = await client.query<{ name: string; connections: number }>(
    `select application_name as name, count(*)::int as connections from pg_stat_activity
      where datname = current_database() and application_name like 'redress-%'
        and application_name <> all($1) group by 1 order by 1`,
    [[OPERATOR, 'redress-owner', ...ours]],
  );
  return rows.map(({ name, connections }) => `${name} (${connections} connections)`);
};

const leased = async (client: pg.Client): Promise<string[]> =>
  (await leasedSubscriptions(client)).map(
    ({ subscription, holder }) => `${subscription} (followed by ${holder ?? 'somebody'})`,
  );
