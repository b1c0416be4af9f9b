import { idOf } from '../../fact/src/stream-kind.ts';
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
  },
): Promise<ReadonlyMap<string, Document<H, Parts>>> => {
  type D = Document<H, Parts>;
  const streams = new Set(facts.map((fact) => idOf(fact)));
  if (streams.size === 0) return new Map();
  const before = await readDocuments<H, Parts>(tx, schema, tables, [...streams]);
  const after = new Map<string, D>();
  for (const fact of facts) {
    const id = idOf(fact);
    const known = after.get(id) ?? before.get(id);
    if (known && fact.revision <= (known.head as { revision: number }).revision) continue;
    const next = known ? fold.step(known, fact) : fold.open(fact);
    if (!next) throw new Error(`${fact.stream} does not begin with ${fact.type}`);
    after.set(id, { ...next, head: { ...next.head, revision: fact.revision } });
  }
  const documents = [...after.values()];
  const heads = [...after].map(([id, { head }]) => ({ head: head as never, known: before.has(id) }));
  const headsOf = (wanted: boolean) => heads.filter(({ known }) => known === wanted).map(({ head }) => head);
  if (tables.head.fixed.length === 0) await writeRows(tx, schema, tables.head, [...headsOf(true), ...headsOf(false)]);
  else {
    await updateRows(tx, schema, tables.head, headsOf(true));
    await writeRows(tx, schema, tables.head, headsOf(false));
  }
  for (const [name, table] of Object.entries(tables.parts)) {
    const old = new Set([...before.values()].flatMap((document) => document[name] as readonly unknown[]));
    const changed = documents
      .flatMap((document) => document[name] as readonly unknown[])
      .filter((row) => !old.has(row));
    await writeRows(tx, schema, table, changed as never[]);
  }
  return after;
};

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
