import type { PoolClient } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { InBackup, Table } from '#postgres/tables';
import { pour, writeFile } from './files.ts';
import { BackupError, type TableFile } from './manifest.ts';

/** A table as it lies in a backup. */
type Kept = Pick<Table, 'name'> & { readonly backup: Pick<InBackup, 'where' | 'without'> };

/** The tables that are in a backup, and those of them that are taken before or after the facts. */
export const tablesTaken = (
  tables: readonly Table[],
  taken?: InBackup['taken'],
): readonly (Table & { readonly backup: InBackup })[] =>
  tables.filter(
    (table): table is Table & { readonly backup: InBackup } =>
      table.backup !== false && (taken === undefined || table.backup.taken === taken),
  );

/** Writes each table into a file of its own. Within one transaction of one snapshot. */
export const writeTables = async (
  tx: PoolClient,
  directory: string,
  kept: readonly Kept[],
): Promise<readonly TableFile[]> => {
  const files: TableFile[] = [];
  for (const { name: table, backup } of kept) {
    const { where = 'true', without = [] } = backup;
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

/** Puts the files' rows in the place of what the tables hold. Within a transaction. `tables`: all that we have. */
export const loadTables = async (
  tx: PoolClient,
  directory: string,
  files: readonly TableFile[],
  tables: readonly Table[],
): Promise<void> => {
  const ours = tablesTaken(tables);
  for (const file of files) {
    const { table, columns, rows } = file;
    if (!ours.some(({ name }) => name === table) || !columns.every((column) => /^[a-z_]+$/.test(column)))
      throw new BackupError(`The backup names an unknown table: ${JSON.stringify(table)}.`);
    await tx.query(`truncate ${table}`); // whatever an interrupted run left there, at once
    const loading = tx.query(untimed(copyFrom(`copy ${table} (${listed(columns)}) from stdin`)));
    await pour(directory, file, loading);
    ended(loading);
    if (loading.rowCount !== rows)
      throw new BackupError(`${file.file} holds ${loading.rowCount} rows, and the manifest says ${rows}.`);
  }
  for (const { name, backup } of ours)
    if (backup.counter !== undefined)
      await tx.query({
        text: `select setval(pg_get_serial_sequence('${name}', '${backup.counter}'),
                             greatest((select max("${backup.counter}") from ${name}), 1))`,
        ...PATIENT,
      });
};

/** Large tables take their time; the server's own limit is lifted by `set local statement_timeout`. */
const PATIENT = { query_timeout: 3_600_000 } as object;

/** Those of the tables of a backup that hold rows. */
export const filledTables = async (tx: PoolClient, tables: readonly Table[]): Promise<string[]> => {
  const filled: string[] = [];
  for (const { name } of tablesTaken(tables)) {
    if ((await columnsOf(tx, name)).length === 0) continue;
    if ((await tx.query(`select from ${name} limit 1`)).rowCount !== 0) filled.push(name);
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
