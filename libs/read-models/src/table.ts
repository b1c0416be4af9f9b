import type { PoolClient } from 'pg';

/** Tables of read models: each is described once; its DDL, its row's type, its reading and its writing follow from that. */

/** The kinds of columns; a `?` behind one lets it be null. `sealed` holds a personal text's envelope with its place. */
const KINDS = {
  uuid: 'uuid',
  text: 'text',
  /** Sorted and compared as bytes. */
  code: 'text collate "C"',
  position: 'text collate "C"',
  int: 'integer',
  instant: 'timestamptz(3)',
  flag: 'boolean',
  json: 'jsonb',
  sealed: 'jsonb',
  texts: 'text[]',
  bytes: 'bytea',
} as const;
type Kind = keyof typeof KINDS;

interface Values {
  uuid: string;
  text: string;
  code: string;
  position: string;
  int: number;
  /** RFC 3339, milliseconds. */
  instant: string;
  flag: boolean;
  json: unknown;
  sealed: unknown;
  texts: readonly string[];
  /** Hexadecimal, as PostgreSQL writes it: `\x…`. */
  bytes: string;
}

export type Columns = Readonly<Record<string, Kind | `${Kind}?`>>;
type ValueOf<C> = C extends `${infer K extends Kind}?` ? Values[K] | null : C extends Kind ? Values[C] : never;
type RowIn<C extends Columns> = { readonly [Name in keyof C]: ValueOf<C[Name]> };
export type RowOf<T> = T extends Table<infer C> ? RowIn<C> : never;

export interface Table<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
  readonly key: readonly string[];
  /** The column with the id of the stream that the row tells of. */
  readonly owner: string;
  /** Columns that never change once the row is there: they are not read back, and not written again. */
  readonly fixed: readonly string[];
  /** What stands behind `on <table>` in `create index`, each with the index's name. */
  readonly indexes: Readonly<Record<string, string>>;
  /** The same for indexes that only questions use, never who fills the table: a rebuild makes them when the rows are there. */
  readonly askedBy: Readonly<Record<string, string>>;
}

export const defineTable = <const C extends Columns>(
  name: string,
  columns: C,
  more: {
    key: readonly (keyof C & string)[];
    owner: keyof C & string;
    fixed?: readonly (keyof C & string)[];
    indexes?: Readonly<Record<string, string>>;
    askedBy?: Readonly<Record<string, string>>;
  },
): Table<C> => ({ name, columns, fixed: [], indexes: {}, askedBy: {}, ...more });

const kindOf = (column: string): { kind: Kind; nullable: boolean } =>
  column.endsWith('?')
    ? { kind: column.slice(0, -1) as Kind, nullable: true }
    : { kind: column as Kind, nullable: false };

/** The statements that make a table in a schema, so far as it takes to fill it. */
export const ddlOf = (schema: string, table: Table): string => {
  const columns = Object.entries(table.columns).map(([name, column]) => {
    const { kind, nullable } = kindOf(column);
    return `"${name}" ${KINDS[kind]}${nullable ? '' : ' not null'}`;
  });
  const key = `primary key (${table.key.join(', ')})`;
  return [
    `create table ${schema}.${table.name} (${[...columns, key].join(', ')});`,
    ...indexesOf(schema, table, table.indexes).map(({ text }) => text),
  ].join('\n');
};

/** The indexes which only questions use, and the statements that make them. */
export const askingIndexesOf = (schema: string, table: Table): Index[] => indexesOf(schema, table, table.askedBy);

export interface Index {
  readonly name: string;
  readonly text: string;
}

const indexesOf = (schema: string, { name: table }: Table, indexes: Table['indexes']): Index[] =>
  Object.entries(indexes).map(([name, what]) => ({
    name: `${table}_${name}`,
    text: `create index if not exists ${table}_${name} on ${schema}.${table} ${what};`,
  }));

/** The rows of the given streams, without what is fixed in them. */
export const rowsOf = async <C extends Columns>(
  tx: PoolClient,
  schema: string,
  table: Table<C>,
  owners: readonly string[],
): Promise<RowIn<C>[]> => {
  const { rows } = await tx.query<Record<string, unknown>>({
    name: `${schema}.${table.name}:read`,
    text: `select ${Object.entries(table.columns)
      .filter(([name]) => !table.fixed.includes(name))
      .map(([name, column]) => `"${name}"${kindOf(column).kind === 'bytes' ? `::text` : ''}`)
      .join(
        ', ',
      )} from ${schema}.${table.name} where ${table.owner} = any($1::uuid[]) order by ${table.key.join(', ')}`,
    values: [owners],
  });
  return rows.map((row) => withInstants(row) as RowIn<C>);
};

/** Writes rows whole, new ones and known ones, in one statement. */
export const writeRows = async <C extends Columns>(
  tx: PoolClient,
  schema: string,
  table: Table<C>,
  rows: readonly RowIn<C>[],
): Promise<void> => {
  if (rows.length === 0) return;
  const names = Object.keys(table.columns);
  const quoted = names.map((name) => `"${name}"`).join(', ');
  const others = names.filter((name) => !table.key.includes(name));
  await tx.query({
    name: `${schema}.${table.name}:write`,
    text: `insert into ${schema}.${table.name} (${quoted})
     select ${quoted} from ${recordsOf(Object.entries(table.columns))}
     on conflict (${table.key.join(', ')}) do ${
       others.length === 0
         ? 'nothing'
         : `update set ${others.map((name) => `"${name}" = excluded."${name}"`).join(', ')}`
     }`,
    values: [JSON.stringify(rows.map((row) => withTimestamps(table, row)))],
  });
};

/** Writes known rows, but for what is fixed in them, in one statement. */
export const updateRows = async <C extends Columns>(
  tx: PoolClient,
  schema: string,
  table: Table<C>,
  rows: readonly RowIn<C>[],
): Promise<void> => {
  if (rows.length === 0) return;
  const columns = Object.entries(table.columns).filter(([name]) => !table.fixed.includes(name));
  const others = columns.map(([name]) => name).filter((name) => !table.key.includes(name));
  await tx.query({
    name: `${schema}.${table.name}:update`,
    text: `update ${schema}.${table.name} t set ${others.map((name) => `"${name}" = r."${name}"`).join(', ')}
       from ${recordsOf(columns)}
      where ${table.key.map((name) => `t."${name}" = r."${name}"`).join(' and ')}`,
    values: [JSON.stringify(rows.map((row) => withTimestamps(table, row)))],
  });
};

/** The rows of $1 as a record set `r`, of these columns. */
const recordsOf = (columns: readonly (readonly [string, Columns[string]])[]): string =>
  `jsonb_to_recordset($1::jsonb) as r (${columns
    .map(([name, column]) => `"${name}" ${KINDS[kindOf(column).kind].replace(' collate "C"', '')}`)
    .join(', ')})`;

/** An instant as PostgreSQL reads it: it knows no year 0, only 1 BC. */
export const timestampOf = (instant: string): string =>
  instant.startsWith('0000-') ? `0001-${instant.slice(5)} BC` : instant;

const withTimestamps = (table: Table, row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  let written: Record<string, unknown> | undefined;
  for (const name of instantsIn(table)) {
    const value = row[name];
    if (typeof value === 'string' && value.startsWith('0000-')) (written ??= { ...row })[name] = timestampOf(value);
  }
  return written ?? row;
};

const instants = new WeakMap<Table, readonly string[]>();
const instantsIn = (table: Table): readonly string[] => {
  const known = instants.get(table);
  if (known) return known;
  const names = Object.keys(table.columns).filter((name) => kindOf(table.columns[name]!).kind === 'instant');
  instants.set(table, names);
  return names;
};

/** Instants as facts print them. */
export const withInstants = (row: Record<string, unknown>): Record<string, unknown> => {
  for (const [name, value] of Object.entries(row)) if (value instanceof Date) row[name] = value.toISOString();
  return row;
};
