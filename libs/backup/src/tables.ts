import type { PoolClient } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { pour, writeFile } from './files.ts';
import { BackupError, type TableFile } from './manifest.ts';

interface Kept {
  readonly table: string;
  /** The rows that are worth keeping. Absent: all. */
  readonly where?: string;
  /** What belongs to the running programs only. */
  readonly without?: readonly string[];
}

/** Read models are made anew from the facts, and so are their checkpoints. */
const NOT_OF_READ_MODELS = `not starts_with(subscription, 'projector:')`;

/** How the followers stand. A state may lie before the facts of its backup, never behind them: take these first. */
export const FOLLOWING: readonly Kept[] = [
  { table: 'es.checkpoints', where: NOT_OF_READ_MODELS, without: ['owner', 'holder', 'lease_until'] },
  { table: 'es.parked', where: NOT_OF_READ_MODELS },
  { table: 'es.timers', without: ['not_before', 'claimed_by'] },
  { table: 'process_manager.complaints' },
  { table: 'process_manager.recurrence_counts' },
];

/** What facts need. A key is durable no later than the facts that it seals: take these last. */
export const BESIDE: readonly Kept[] = [
  { table: 'es.keys' },
  { table: 'es.secrets' },
  { table: 'es.subjects' },
  { table: 'es.erasures' },
  { table: 'desk.complaint_references' },
];

/** Writes each table into a file of its own. Within one transaction of one snapshot. */
export const writeTables = async (
  tx: PoolClient,
  directory: string,
  kept: readonly Kept[],
): Promise<readonly TableFile[]> => {
  const files: TableFile[] = [];
  for (const { table, where = 'true', without = [] } of kept) {
    const columns = (await columnsOf(tx, table)).filter((column) => !without.includes(column));
    if (columns.length === 0) continue; // a program that never ran here has no tables
    const rows = await tx.query<{ count: string }>({
      text: `select count(*) as count from ${table} where ${where}`,
      ...PATIENT,
    });
    const copied = tx.query(untimed(copyTo(`copy (select ${listed(columns)} from ${table} where ${where}) to stdout`)));
    const file = await writeFile(directory, table, copied);
    ended(copied);
    files.push({ table, columns, rows: Number(rows.rows[0]!.count), ...file });
  }
  return files;
};

/** Puts the files' rows in the place of what the tables hold. Within a transaction. */
export const loadTables = async (tx: PoolClient, directory: string, files: readonly TableFile[]): Promise<void> => {
  for (const file of files) {
    const { table, columns, rows } = file;
    if (!ALL.some((kept) => kept.table === table) || !columns.every((column) => /^[a-z_]+$/.test(column)))
      throw new BackupError(`The backup names a table that is none of ours: ${JSON.stringify(table)}.`);
    await tx.query(`truncate ${table}`); // whatever an interrupted run left there, at once
    const loading = tx.query(untimed(copyFrom(`copy ${table} (${listed(columns)}) from stdin`)));
    await pour(directory, file, loading);
    ended(loading);
    if (loading.rowCount !== rows)
      throw new BackupError(`${file.file} holds ${loading.rowCount} rows, and the manifest says ${rows}.`);
  }
  // What was loaded by its number must not be counted again.
  await tx.query({
    text: `select setval(pg_get_serial_sequence('es.timers', 'number'), greatest((select max(number) from es.timers), 1))`,
    ...PATIENT,
  });
};

/** Large tables take their time; the server's own limit is lifted by `set local statement_timeout`. */
const PATIENT = { query_timeout: 3_600_000 } as object;

const ALL = [...FOLLOWING, ...BESIDE];

/** Those of our tables that hold rows. */
export const filledTables = async (tx: PoolClient): Promise<string[]> => {
  const filled: string[] = [];
  for (const { table } of ALL) {
    if ((await columnsOf(tx, table)).length === 0) continue;
    if ((await tx.query(`select from ${table} limit 1`)).rowCount !== 0) filled.push(table);
  }
  return filled;
};

const columnsOf = async (tx: PoolClient, table: string): Promise<string[]> => {
  const { rows } = await tx.query<{ column: string }>(
    `select attname as column from pg_attribute
      where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return rows.map(({ column }) => column);
};

const listed = (columns: readonly string[]): string => columns.map((column) => `"${column}"`).join(', ');

/** The driver limits the time of a copy as of any statement, and is not told of its end: so no limit, and we tell it. */
const untimed = <Copy extends object>(copy: Copy): Copy => Object.assign(copy, { query_timeout: 2 ** 31 - 1 });
const ended = (copy: object): void => (copy as { callback?: () => void }).callback?.();
