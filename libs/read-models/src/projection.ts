import type { PoolClient } from 'pg';
import type { EventDescription } from '#fact/define-event';
import type { FactOf } from '#fact/fact';
import { prefixOf } from '#fact/stream-kind';
import { Codec } from '#ledger/stream/codec';
import type { EventFilter, RecordedEvent } from '#ledger/stream/port';
import { nouns, type EventOfNoun, type Noun } from '#nouns/nouns';
import { isOurs } from '#nouns/stream-names';
import type { Secrets } from '#privacy/secrets';
import type { Vault } from '#privacy/vault';
import { askingIndexesOf, ddlOf, type Index, type Table } from './table.ts';

/** The facts that read models are made of. */
export type ReadFact = FactOf<EventOfNoun<Noun>>;

/** Where a batch is applied, and what opens the texts that searching needs. */
export interface Workplace {
  /** The transaction in which the checkpoint moves too. */
  readonly tx: PoolClient;
  /** The generation's schema. */
  readonly schema: string;
  readonly vault: Vault;
  readonly secrets: Secrets;
}

/**
 * One read model: its tables, and how facts fill them. Projections have no side effects but their rows, so any number
 * of generations can be built beside each other.
 */
export interface Projection {
  /** NOTE: stored, in names of schemas and in es.read_models. Lower-case words joined by `_`. */
  readonly model: string;
  /** Grows with every change of the tables or of what is in them: its rows are then built anew, beside the old ones. */
  readonly version: number;
  readonly reads: readonly Noun[];
  readonly tables: readonly Table[];
  /**
   * Applies facts in the ledger's order. The rows remember each stream's revision: facts that are in them already change
   * nothing.
   */
  readonly apply: (facts: readonly ReadFact[], place: Workplace) => Promise<void>;
  /** Empties what it derived from an erased person's texts. */
  readonly forget?: (subject: string, tx: PoolClient, schema: string) => Promise<void>;
}

export const filterOf = (projection: Projection): EventFilter => ({
  streamPrefixes: projection.reads.map((noun) => prefixOf({ noun })),
});

/** One for all nouns: no two of them have a fact of one name. */
const codec = new Codec(nouns.flatMap(({ events }): readonly EventDescription[] => events));

/**
 * Today's facts of the given events; streams that are not ours are left out. Models that follow side by side are given
 * the same events (shared-pages.ts): what one had decoded serves all. Throws UnknownFact.
 */
export const factsOf = (events: readonly RecordedEvent[]): readonly ReadFact[] => {
  let facts = decoded.get(events);
  if (!facts) {
    facts = [];
    for (const event of events) if (isOurs(event.stream)) facts.push(codec.decode(event) as unknown as ReadFact);
    decoded.set(events, facts);
  }
  return facts;
};

const decoded = new WeakMap<readonly RecordedEvent[], ReadFact[]>();

/** The statements that make a generation's schema, so far as it takes to fill it. */
export const schemaOf = (projection: Projection, schema: string): string =>
  [`create schema ${schema};`, ...projection.tables.map((table) => ddlOf(schema, table))].join('\n');

/** The indexes which only questions use, and the statements that make them. */
export const askingOf = (projection: Projection, schema: string): Index[] =>
  projection.tables.flatMap((table) => askingIndexesOf(schema, table));

/** Those of the facts that lie in streams of the noun. */
export const ofNoun = <N extends Noun>(noun: N, facts: readonly ReadFact[]): FactOf<EventOfNoun<N>>[] => {
  const prefix = prefixOf({ noun });
  return facts.filter((fact) => fact.stream.startsWith(prefix)) as unknown as FactOf<EventOfNoun<N>>[];
};
