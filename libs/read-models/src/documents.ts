import { idOf } from '#fact/stream-kind';
import type { ReadFact, Workplace } from './projection.ts';
import { rowsOf, updateRows, writeRows, type Columns, type RowOf, type Table } from './table.ts';

/**
 * Everything that one model knows of one stream: rows of its tables. The head remembers how far it was read; its fixed
 * columns are there only in the batch that opens it.
 */
type Head = Table<Columns & { readonly revision: 'int' }>;
export type Document<H extends Table, Parts extends Readonly<Record<string, Table>>> = { readonly head: RowOf<H> } & {
  readonly [Name in keyof Parts]: readonly RowOf<Parts[Name]>[];
};

/**
 * Folds facts into the documents of their streams: reads what the batch touches (one statement a table), folds in
 * memory, writes what has changed (one statement a table). Rows are added and changed, never removed.
 * Answers the documents that have changed, as they are now.
 */
export const foldDocuments = async <H extends Head, Parts extends Readonly<Record<string, Table>>, F extends ReadFact>(
  facts: readonly F[],
  { tx, schema }: Pick<Workplace, 'tx' | 'schema'>,
  tables: { readonly head: H; readonly parts: Parts },
  fold: {
    /** Undefined: not the fact that opens such a stream. */
    readonly open: (fact: F) => Document<H, Parts> | undefined;
    readonly step: (document: Document<H, Parts>, fact: F) => Document<H, Parts>;
    /** What this process can do while the database writes the heads. */
    readonly meanwhile?: () => void;
  },
): Promise<ReadonlyMap<string, Document<H, Parts>>> => {
  type D = Document<H, Parts>;
  if (facts.length === 0) return new Map();
  const before = await readDocuments<H, Parts>(tx, schema, tables, [...new Set(facts.map(idOf))]);
  const after = new Map<string, D>();
  const read = new Map<string, number>();
  for (const fact of facts) {
    const id = idOf(fact);
    const known = after.get(id) ?? before.get(id);
    if (known && fact.revision <= (read.get(id) ?? revisionOf(known))) continue;
    const next = known ? fold.step(known, fact) : fold.open(fact);
    if (!next) throw new Error(`${fact.stream} does not begin with ${fact.type}`);
    after.set(id, next);
    read.set(id, fact.revision);
  }
  // Once a stream: most facts change nothing but how far it was read.
  for (const [id, next] of after) after.set(id, { ...next, head: { ...next.head, revision: read.get(id)! } });
  const writing = writeHeads(tx, schema, tables.head, after, before);
  try {
    fold.meanwhile?.();
  } finally {
    await writing;
  }
  for (const [name, table] of Object.entries(tables.parts)) {
    const old = new Set<unknown>();
    for (const document of before.values()) for (const row of document[name]!) old.add(row);
    const changed: unknown[] = [];
    for (const document of after.values()) for (const row of document[name]!) if (!old.has(row)) changed.push(row);
    await writeRows(tx, schema, table, changed as never[]);
  }
  return after;
};

const writeHeads = async (
  tx: Workplace['tx'],
  schema: string,
  table: Head,
  after: ReadonlyMap<string, { readonly head: unknown }>,
  before: ReadonlyMap<string, unknown>,
): Promise<void> => {
  const [known, opened]: [never[], never[]] = [[], []];
  for (const [id, { head }] of after) (before.has(id) ? known : opened).push(head as never);
  if (table.fixed.length === 0) return writeRows(tx, schema, table, [...known, ...opened]);
  await updateRows(tx, schema, table, known);
  await writeRows(tx, schema, table, opened);
};

const revisionOf = ({ head }: { readonly head: unknown }): number => (head as { revision: number }).revision;

const readDocuments = async <H extends Head, Parts extends Readonly<Record<string, Table>>>(
  tx: Workplace['tx'],
  schema: string,
  tables: { readonly head: H; readonly parts: Parts },
  ids: readonly string[],
): Promise<Map<string, Document<H, Parts>>> => {
  const documents = new Map<string, Record<string, unknown>>();
  for (const head of await rowsOf(tx, schema, tables.head, ids))
    documents.set(head[tables.head.owner] as string, {
      head,
      ...Object.fromEntries(Object.keys(tables.parts).map((name) => [name, []])),
    });
  if (documents.size > 0)
    for (const [name, table] of Object.entries(tables.parts))
      for (const row of await rowsOf(tx, schema, table, ids))
        (documents.get(row[table.owner] as string)![name] as unknown[]).push(row);
  return documents as unknown as Map<string, Document<H, Parts>>;
};
