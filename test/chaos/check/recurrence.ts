import { isDeepStrictEqual } from 'node:util';
import { byStream, grouped, idIn, nounOf, type Evidence, type LedgerFact, type Violation } from './evidence.ts';

/** The default policy's (docs/domain.md §6): the campaign adopts no other. */
const THRESHOLD = 3;
const WINDOW_MS = 90 * 86_400_000;

/**
 * What recurs is noticed exactly as docs/formats.md counts it, whoever died meanwhile: for each group, its facts in the
 * ledger's order; after each, how many complaints lie in the window that ends with it. Counted here anew. The load adds
 * no issues later and reclassifies none, so intakes are all that counts.
 */
export const checkRecurrence = ({ facts }: Pick<Evidence, 'facts'>): Violation[] => {
  const intakes = facts.filter(({ type }) => type === 'ComplaintReceived');
  const counted = grouped(
    intakes.flatMap((fact) => groupsOf(fact).map((group) => ({ group, fact }))),
    ({ group }) => group,
  );
  const noticed = grouped(
    [...byStream(facts)]
      .filter(([stream]) => nounOf(stream) === 'recurrence')
      .map(([stream, own]) => ({ stream, own })),
    ({ own }) => keyOf(own[0]!.data.group),
  );
  return [...new Set([...counted.keys(), ...noticed.keys()])].flatMap((group): Violation[] => {
    const expected = expectedOf((counted.get(group) ?? []).map(({ fact }) => fact));
    const streams = noticed.get(group) ?? [];
    if (streams.length > 1)
      return [{ rule: 'a group has one stream', found: streams.map(({ stream }) => stream).join() }];
    const stored = (streams[0]?.own ?? []).map(({ type, data }) => ({
      type,
      count: data.count as number,
      through: data.through as number,
      evidence: [...((data.evidence ?? []) as string[])].sort(),
    }));
    return isDeepStrictEqual(stored, expected)
      ? []
      : [
          {
            rule: 'what recurs is noticed once, and exactly',
            found: `${group}: stored ${short(stored)}, counted ${short(expected)}`,
          },
        ];
  });
};

interface Noticed {
  readonly type: string;
  readonly count: number;
  readonly through: number;
  readonly evidence: readonly string[];
}

const expectedOf = (intakes: readonly LedgerFact[]): Noticed[] => {
  const expected: Noticed[] = [];
  let standing = false;
  intakes.forEach((fact, index) => {
    const at = Date.parse(fact.metadata.effectiveAt);
    const inside = intakes.slice(0, index + 1).filter(({ metadata }) => {
      const received = Date.parse(metadata.effectiveAt);
      return received > at - WINDOW_MS && received <= at;
    });
    const tooOften = inside.length >= THRESHOLD;
    if (tooOften === standing) return;
    standing = tooOften;
    expected.push({
      type: tooOften ? 'RecurrenceNoticed' : 'RecurrenceSubsided',
      count: inside.length,
      through: index + 1,
      evidence: tooOften ? inside.map(({ stream }) => idIn(stream)).sort() : [],
    });
  });
  return expected;
};

interface Issue {
  readonly category: string;
  readonly product?: string;
  readonly touchpoint?: string;
  readonly process?: { readonly department?: string; readonly process?: string };
}

const groupsOf = ({ data }: LedgerFact): string[] => [
  ...new Set(
    (data.issues as Issue[])
      .filter(({ category }) => category !== 'unspecified')
      .map(({ category, product, touchpoint, process }) =>
        keyOf({ category, product, touchpoint, department: process?.department, process: process?.process }),
      ),
  ),
];

const keyOf = (group: Readonly<Record<string, string | undefined>>): string =>
  ['category', 'product', 'department', 'process', 'touchpoint'].map((name) => group[name] ?? '').join('/');

const short = (all: readonly Noticed[]): string =>
  all.map(({ type, count, through }) => `${type} ${count} through ${through}`).join(', ') || 'nothing';
