import { createHash } from 'node:crypto';
import { byStream, grouped, jcs, type Evidence, type LedgerFact, type Violation } from './evidence.ts';

/** The ledger by itself: no gap, no double, no broken chain, one order. */
export const checkLedger = ({ facts, ledger }: Pick<Evidence, 'facts' | 'ledger'>): Violation[] => [
  ...orderOf(facts, ledger),
  ...[...grouped(facts, ({ id }) => id)].flatMap(([id, same]) =>
    same.length > 1 ? [{ rule: 'each fact is there once', found: `${id} at ${same.map(placeOf).join(', ')}` }] : [],
  ),
  ...[...byStream(facts)].flatMap(([stream, own]) => chainOf(stream, own)),
  ...commandsOf(facts),
];

const orderOf = (facts: readonly LedgerFact[], ledger: Evidence['ledger']): Violation[] =>
  facts.flatMap((fact, index): Violation[] => {
    const [epoch, digits] = fact.position.split('.');
    const before = facts[index - 1];
    const found = `${fact.position} of ${placeOf(fact)} after ${before?.position ?? 'nothing'}`;
    if (before && epoch !== before.position.split('.')[0]) return [{ rule: 'the ledger has one epoch', found }];
    if (before && fact.position <= before.position) return [{ rule: 'positions grow', found }];
    // EventStoreDB's positions are places in its log; PostgreSQL's are counted.
    if (ledger === 'postgres' && BigInt(digits ?? 0) !== BigInt(index + 1))
      return [{ rule: 'positions have no holes', found }];
    return [];
  });

const chainOf = (stream: string, facts: readonly LedgerFact[]): Violation[] =>
  facts.flatMap((fact, index): Violation[] => {
    const before = facts[index - 1];
    const violations: Violation[] = [];
    if (fact.revision !== index)
      violations.push({ rule: 'revisions have no gaps', found: `${placeOf(fact)} where ${index} was due` });
    if ((fact.metadata.previousDigest ?? null) !== (before?.metadata.digest ?? null))
      violations.push({
        rule: 'digests are chained',
        found: `${placeOf(fact)} does not follow ${before?.id ?? 'nothing'}`,
      });
    if (digestOf(stream, fact) !== fact.metadata.digest)
      violations.push({ rule: 'digests fit their facts', found: placeOf(fact) });
    if (before && before.metadata.recordedAt > fact.metadata.recordedAt)
      violations.push({ rule: 'recorded times of a stream grow', found: placeOf(fact) });
    return violations;
  });

/** One command is one append: side by side in one stream. The same command recorded twice shows here, whoever sent it. */
const commandsOf = (facts: readonly LedgerFact[]): Violation[] =>
  [...grouped(facts, ({ metadata }) => String(metadata.commandId))].flatMap(([command, own]) => {
    const together = own.every(
      ({ stream, revision }, index) => stream === own[0]!.stream && revision === own[0]!.revision + index,
    );
    const onePrint = new Set(own.map(({ metadata }) => String(metadata.requestDigest))).size === 1;
    return together && onePrint
      ? []
      : [{ rule: 'a command is recorded once', found: `${command}: ${own.map(placeOf).join(', ')}` }];
  });

export const placeOf = ({ stream, revision, type }: LedgerFact): string => `${stream}@${revision} ${type}`;

/** As docs/formats.md says it, and not as the service does it. */
export const digestOf = (stream: string, { revision, id, type, data, metadata }: LedgerFact): string => {
  const { digest: _digest, ...rest } = metadata;
  const form = jcs({ v: 1, stream, revision: String(revision), id, type, data, metadata: rest });
  return `sha256:${createHash('sha256').update(form).digest('hex')}`;
};
