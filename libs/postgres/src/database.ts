import pg from 'pg';

export interface DatabaseOptions {
  /** Shows in pg_stat_activity. */
  readonly name: string;
  /** Connections at most. Default 10. */
  readonly max?: number;
  /** How long one statement may take, in milliseconds. Default 30 s. */
  readonly statementTimeoutMs?: number;
  /** Told of connections that broke while nobody used them; the pool replaces them by itself. */
  readonly onIdleError?: (error: Error) => void;
}

/** A pool that neither waits for ever nor dies of a broken idle connection. */
export const openDatabase = (url: string, options: DatabaseOptions): pg.Pool => {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: options.name,
    max: options.max ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: statementTimeoutMs,
    // The server's word comes first; ours is for a server that fell silent.
    query_timeout: statementTimeoutMs + 5_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  // Without a listener one restart of PostgreSQL would end the whole process.
  pool.on('error', (error) => options.onIdleError?.(error));
  // The pool stops listening before whoever waits for a connection can begin: one that breaks in between (ready and
  // terminated in one packet) would end the process too. The query that follows rejects.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
};

/** A connection that takes longer to roll back is given up, and the server rolls back by itself. */
const rollback: pg.QueryConfig & { query_timeout: number } = { text: 'rollback', query_timeout: 5_000 };

/** Nothing came back in time, neither an answer nor an end; or all of a pool's connections wait like this. */
export const isSilence = (error: unknown): boolean =>
  error instanceof Error &&
  (error.message === 'Query read timeout' || error.message === 'timeout exceeded when trying to connect');

/** Statements that are sent together with the transaction's first or last, for who does the same thing very often. */
export interface Bounds {
  /** Begins with `begin`. */
  readonly begin?: string;
  /** Ends with `commit`; asked for when the work is done. */
  readonly commit?: () => string;
}

/**
 * Runs the work in one transaction: committed when it returns, rolled back when it throws. The work is told what the
 * statements of `begin` answered.
 */
export const inTransaction = async <T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient, begun: pg.QueryResult | readonly pg.QueryResult[]) => Promise<T>,
  { begin = 'begin', commit = () => 'commit' }: Bounds = {},
): Promise<T> => {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => void (broken = error);
  client.on('error', onError); // while it is checked out the pool does not listen
  try {
    const begun = await client.query(begin);
    const result = await work(client, begun);
    await client.query(commit());
    return result;
  } catch (error) {
    // A connection that cannot even roll back is in an unknown state: the pool must not hand it out again. One that fell
    // silent is not asked: it would be silent for as long once more. Nor for long when the work hides why it failed.
    if (isSilence(error)) broken ??= error as Error;
    else await client.query(rollback).catch((cause: unknown) => void (broken ??= cause as Error));
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
};
