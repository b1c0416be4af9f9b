import pg from 'pg';
import { pause } from '#resilience/pause';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** Held by the process that owns the cluster, as long as it lives. */
const OWNER_LOCK = '7305808869229539';

/** The connection that holds the owner's lock: while it stands, the cluster is ours, and it runs. */
export type Owner = pg.Client & { ref(): void; unref(): void };

/**
 * Becomes the one owner of a running cluster. Undefined: it does not answer (yet).
 * Throws EmbeddedPostgresError when another living process owns it, or when it is not the cluster that it should be.
 */
export const ownCluster = async (url: string, cluster: string, dataDir: string): Promise<Owner | undefined> => {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'redress-owner',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string }>(`select current_setting('data_directory') as dir`);
    if (rows[0]?.dir !== cluster)
      throw new EmbeddedPostgresError(
        `On the port of ${cluster} answers another PostgreSQL. Stop it, and start again.`,
      );
    // The connection of an owner who was killed may take a moment to be noticed.
    for (let attempt = 0; !(await takeLock(client)); attempt++) {
      if (attempt === 40)
        throw new EmbeddedPostgresError(`Another process uses ${dataDir}. Stop it, or choose another DATA_DIR.`);
      await pause(50);
    }
    return client as Owner;
  } catch (error) {
    await client.end().catch(() => undefined);
    if (error instanceof EmbeddedPostgresError) throw error;
    if ((error as { code?: string }).code === '28P01')
      throw new EmbeddedPostgresError(
        `The password in ${dataDir}/postgres.json is not the one of the database beside it.`,
        {
          cause: error,
        },
      );
    return undefined;
  }
};

const takeLock = async (client: pg.Client): Promise<boolean> =>
  (await client.query<{ ours: boolean }>(`select pg_try_advisory_lock(${OWNER_LOCK}) as ours`)).rows[0]!.ours;
