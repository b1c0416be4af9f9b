import fc from 'fast-check';
import type { FactOf } from '#fact/fact';
import { personalText, type Personal } from '#fact/personal';
import { followUpStreams, type FollowUp } from '#follow-up/follow-up';
import { complaintStreams } from './complaint-streams.ts';
import { words } from './complaint.stories.ts';
import type { Complaint } from './complaint.ts';
import { begin, conducts, decide, play, played, type MoveKind } from './conducts.stories.ts';
import { complaintEvents, type ComplaintFact } from './events.ts';

const foldOn = (state: Complaint | undefined, facts: readonly ComplaintFact[]) =>
  facts.reduce<Complaint | undefined>((older, fact) => complaintStreams.evolve(older, fact), state);

/** As it would be stored and read again. */
const plain = (state: Complaint | undefined) => JSON.parse(JSON.stringify(state)) as Complaint;

/** What fails when anybody changes it. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
};

/** Each time a new fact (docs/formats.md, Ids and idempotency), or one whose id only a second request would have. */
const EACH_TIME: readonly MoveKind[] = [
  'requestInformation',
  'giveInformation',
  'message',
  'note',
  'promise',
  'addIssue',
  'cause',
  'correct',
  'offer',
  'explain',
  'contact',
  'rectify',
  'attempt',
];

describe('the laws of a complaint', () => {
  it('the same command twice is nothing the second time', () =>
    fc.assert(
      fc.property(conducts, ([beginning, moves]) => {
        const conduct = begin(beginning, words);
        for (const move of moves) {
          const decision = play(conduct, move, words);
          if (decision?.kind !== 'recorded' || EACH_TIME.includes(move.kind)) continue;
          expect([move.kind, decide(conduct, move, words)]).toEqual([move.kind, { kind: 'nothing' }]);
        }
      }),
      { numRuns: 200 },
    ));

  it('folding in two halves, with the first one stored and read again, is folding the whole', () =>
    fc.assert(
      fc.property(conducts, fc.nat(), (moves, place) => {
        const { facts, state } = played(moves, words);
        const cut = 1 + (place % facts.length);
        const half = plain(foldOn(undefined, facts.slice(0, cut)));
        expect(plain(foldOn(half, facts.slice(cut)))).toEqual(plain(state));
      }),
      { numRuns: 200 },
    ));

  it('folding changes neither the facts nor the state before', () =>
    fc.assert(
      fc.property(conducts, (moves) => {
        frozen(played(moves, words).facts).reduce<Complaint | undefined>(
          (older, fact) => frozen(complaintStreams.evolve(older, fact)),
          undefined,
        );
      }),
      { numRuns: 50 },
    ));

  it('evolve records whatever happened in whatever order, behind the receipt, and never refuses', () =>
    fc.assert(
      fc.property(
        conducts.chain((moves) => {
          const [receipt, ...others] = played(moves, words).facts;
          return fc.tuple(fc.constant(receipt!), fc.shuffledSubarray(others));
        }),
        ([receipt, others]) => {
          const state = foldOn(undefined, [receipt, ...others]);
          expect(state!.facts.length).toBe(1 + others.length);
        },
      ),
      { numRuns: 100 },
    ));

  it('these conducts know every kind of fact that a complaint and a call can have', () => {
    const seen = new Set(
      fc
        .sample(conducts, { numRuns: 400, seed: 4 })
        .flatMap((moves) => played(moves, words).ledger.map(({ type }) => type)),
    );
    const kinds = [...complaintEvents, ...followUpStreams.events].map(({ type }) => type);
    expect(kinds.filter((type) => !(seen as Set<string>).has(type))).toEqual([]);
  });

  it('reached and exhausted are never undone, whatever happens to a call', () =>
    fc.assert(
      fc.property(conducts, (moves) => {
        for (const { facts } of played(moves, words).calls.values()) {
          let settled = false;
          facts.reduce<FollowUp | undefined>((older, fact) => {
            const call = followUpStreams.evolve(older, fact);
            const now = call.situation === 'reached' || call.situation === 'exhausted';
            expect(settled && !now).toBe(false);
            settled = now;
            return call;
          }, undefined);
        }
      }),
      { numRuns: 200 },
    ));
});

describe('no decision reads a personal field', () => {
  /** A text that fails when anybody looks inside. */
  const hostile = new Proxy({} as Personal, {
    get: (_target, member) => {
      throw new Error(`a rule read ${String(member)} of a personal text`);
    },
    ownKeys: () => {
      throw new Error('a rule listed what is in a personal text');
    },
    has: () => {
      throw new Error('a rule looked for something in a personal text');
    },
  });
  const sealed = {
    $enc: 1,
    key: 'k',
    iv: 'i',
    ct: 'c',
    stream: 's',
    revision: 0,
    type: 'T',
    pointer: '/p',
  } as unknown as Personal;
  const others = personalText('Quite other words, of another length.');

  /** A value with its personal texts blotted out. */
  const blotted = (value: unknown): unknown => {
    if (value === hostile) return '•';
    if (typeof value !== 'object' || value === null) return value;
    if ('$plain' in value || '$enc' in value) return '•';
    if (Array.isArray(value)) return value.map(blotted);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, blotted(member)]));
  };

  it('so they are the same with other words, with sealed ones, and with ones that nobody can read', () =>
    fc.assert(
      fc.property(conducts, ([beginning, moves]) => {
        const told = [words, others, sealed, hostile].map((text) => {
          const conduct = begin(beginning, text);
          const decisions = moves.map((move) => blotted(play(conduct, move, text)));
          return { decisions, facts: blotted(conduct.facts) as readonly FactOf<never>[] };
        });
        for (const one of told.slice(1)) expect(one).toEqual(told[0]);
      }),
      { numRuns: 60 },
    ));
});
