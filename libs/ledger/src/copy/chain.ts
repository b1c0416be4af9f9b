import { createHash } from 'node:crypto';
import { digestOf } from '../stream/digest.ts';
import type { RecordedEvent } from '../stream/port.ts';

/** A fact is not what its digest says, or does not follow from the one before it. */
export class LedgerDamaged extends Error {
  override readonly name = 'LedgerDamaged';

  constructor(
    readonly stream: string,
    readonly revision: bigint,
    what: string,
  ) {
    super(`${stream} at revision ${revision} ${what}`);
  }
}

/** What two ledgers with the same facts in the same order have in common, whatever store keeps them. */
export interface LedgerSum {
  readonly facts: number;
  readonly streams: number;
  /** SHA-256 over the facts in order: a line of stream, revision, id and digest each. */
  readonly order: string;
  /** SHA-256 over each stream's last revision and digest, by name. */
  readonly heads: string;
}

/**
 * Takes in a ledger's facts one by one, in its order, recomputes each digest, and sums them up. Holds each stream's last
 * revision and digest: some 250 bytes a stream.
 */
export class Chain {
  private readonly heads = new Map<string, { revision: bigint; digest: string }>();
  private readonly order = createHash('sha256');
  private facts = 0;

  /** Throws LedgerDamaged. */
  take(fact: RecordedEvent): void {
    const { stream, revision, metadata } = fact;
    const head = this.heads.get(stream);
    if (revision !== (head ? head.revision + 1n : 0n))
      throw new LedgerDamaged(stream, revision, `does not follow revision ${head?.revision ?? 'none'}`);
    if (metadata.previousDigest !== (head?.digest ?? null))
      throw new LedgerDamaged(stream, revision, 'is not chained to the fact before it');
    if (digestOf(fact) !== metadata.digest)
      throw new LedgerDamaged(stream, revision, 'is not what its digest says: it was changed');
    this.heads.set(stream, { revision, digest: metadata.digest });
    this.order.update(lineOf(fact));
    this.facts++;
  }

  sum(): LedgerSum {
    const heads = createHash('sha256');
    for (const stream of [...this.heads.keys()].sort()) {
      const { revision, digest } = this.heads.get(stream)!;
      heads.update(`${stream} ${revision} ${digest}\n`);
    }
    return {
      facts: this.facts,
      streams: this.heads.size,
      order: `sha256:${this.order.copy().digest('hex')}`,
      heads: `sha256:${heads.digest('hex')}`,
    };
  }
}

/** NOTE: stored in backups' manifests, as hashes. */
const lineOf = ({ stream, revision, id, metadata }: RecordedEvent): string =>
  `${stream} ${revision} ${id} ${metadata.digest}\n`;

/** The same fact at the same place of its stream. Where it stands in the ledger is each ledger's own. */
export const isSameFact = (one: RecordedEvent, other: RecordedEvent): boolean => lineOf(one) === lineOf(other);

export const isSameLedger = (one: LedgerSum, other: LedgerSum): boolean =>
  one.facts === other.facts && one.streams === other.streams && one.order === other.order && one.heads === other.heads;
