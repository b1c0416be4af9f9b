import type { JsonObject } from '#fact/json';
import type { FactMetadata } from '#fact/fact';
import { Chain, isSameLedger, type LedgerSum } from '#ledger/copy/chain';
import type { FactSource } from '#ledger/copy/source';
import type { Position, RecordedEvent } from '#ledger/stream/port';
import { readFile } from './files.ts';
import { BackupError, type Manifest } from './manifest.ts';

/** A line of the facts' file. NOTE: a storage format. */
interface Line {
  /** Printed, with its epoch. */
  readonly position: Position;
  readonly stream: string;
  /** Decimal. */
  readonly revision: string;
  readonly id: string;
  readonly type: string;
  /** As stored: personal texts are envelopes. */
  readonly data: JsonObject;
  /** With the digest. */
  readonly metadata: FactMetadata;
}

const lineOf = ({ position, stream, revision, id, type, data, metadata }: RecordedEvent): string =>
  `${JSON.stringify({ position, stream, revision: revision.toString(), id, type, data, metadata } satisfies Line)}\n`;

/** The lines of a source, every digest verified as they are made. `taken`: told after each page. */
export const linesOf = async function* (
  source: FactSource,
  chain: Chain,
  signal: AbortSignal,
  taken: (page: readonly RecordedEvent[]) => void,
): AsyncGenerator<string> {
  for await (const page of source.pages(signal)) {
    for (const fact of page) chain.take(fact);
    yield page.map(lineOf).join('');
    taken(page);
  }
};

const PAGE = 500;

/** A backup's facts. */
export const backupSource = (directory: string, { facts }: Manifest): FactSource => ({
  async *pages(signal) {
    let page: RecordedEvent[] = [];
    for await (const line of lines(readFile(directory, facts).setEncoding('utf8'))) {
      const { revision, ...fact } = JSON.parse(line) as Line;
      page.push({ ...fact, revision: BigInt(revision) });
      if (page.length < PAGE) continue;
      signal?.throwIfAborted();
      yield page;
      page = [];
    }
    if (page.length > 0) yield page;
  },
});

/** Recomputes every digest and its chain, and the sums that the manifest names. Throws LedgerDamaged, BackupError. */
export const verifyFacts = async (
  source: FactSource,
  expected: LedgerSum,
  signal: AbortSignal,
  taken: (page: readonly RecordedEvent[]) => void,
): Promise<void> => {
  const chain = new Chain();
  for await (const page of source.pages(signal)) {
    for (const fact of page) chain.take(fact);
    taken(page);
  }
  if (!isSameLedger(chain.sum(), expected))
    throw new BackupError('The backup’s facts are not those that its manifest sums up.');
};

const lines = async function* (text: AsyncIterable<unknown>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of text) {
    const parts = (rest + (chunk as string)).split('\n');
    rest = parts.pop()!;
    yield* parts;
  }
  if (rest !== '') throw new BackupError('The backup’s facts end in the middle of a line.');
};
