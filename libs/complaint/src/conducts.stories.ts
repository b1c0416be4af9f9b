import fc from 'fast-check';
import type { Decision } from '#fact/decision';
import type { Event } from '#fact/define-event';
import type { FactOf, Role } from '#fact/fact';
import type { Personal } from '#fact/personal';
import { factId } from '#fact/story';
import { recordAttempt } from '#follow-up/attempt';
import type { FollowUpEvent, FollowUpFact } from '#follow-up/events';
import { followUpStreams, type FollowUp } from '#follow-up/follow-up';
import { openFollowUp } from '#follow-up/open';
import { recordOutcome } from '#follow-up/record-outcome';
import { reschedule } from '#follow-up/reschedule';
import { supersede } from '#follow-up/supersede';
import { SEVERITIES } from '#policy/vocabulary';
import { complaintStreams } from './complaint-streams.ts';
import { COMPLAINT, ISSUE, policy, SUBJECT } from './complaint.stories.ts';
import type { Complaint } from './complaint.ts';
import { close, type CallRead } from './ending/close.ts';
import type { ComplaintEvent, ComplaintFact } from './events.ts';
import { receive } from './intake/receive.ts';
import { COMPLAINT_MOVES, type ComplaintMove } from './moves.stories.ts';

/** Whole conducts, made at random: what somebody does over both streams, a complaint's and its calls'. */

const CALL_MOVES = ['attempt', 'outcome', 'reschedule', 'supersede', 'open'] as const;
type CallMove = (typeof CALL_MOVES)[number];
export type MoveKind = ComplaintMove | CallMove | 'close';

/** One thing that somebody does; `pick` chooses among whatever is there to be chosen from. */
export interface Move {
  readonly kind: MoveKind;
  readonly role: Role;
  readonly pick: number;
  /** Minutes since the move before. */
  readonly wait: number;
}

export interface CallStream {
  readonly id: string;
  readonly facts: FollowUpFact[];
  state: FollowUp | undefined;
}

/** What happened in one conduct of moves. */
export interface Conduct {
  readonly facts: ComplaintFact[];
  state: Complaint;
  /** By the resolution's fact. */
  readonly calls: Map<string, CallStream>;
  /** Both streams as they were recorded, one after another. */
  readonly ledger: (ComplaintFact | FollowUpFact)[];
  now: string;
  /** Facts so far: the next one's id. */
  serial: number;
}

export type Closing = (...asked: Parameters<typeof close>) => ReturnType<typeof close>;

const factsOf = <E extends Event>(
  conduct: Conduct,
  stream: string,
  revision: number,
  role: Role,
  events: readonly E[],
): FactOf<E>[] =>
  events.map(
    (event, index) =>
      ({
        ...event,
        id: factId(++conduct.serial),
        stream,
        revision: revision + index,
        actor: { id: role, role, assurance: 'claimed' },
        recordedAt: conduct.now,
        effectiveAt: conduct.now,
        policyVersion: 0,
      }) as unknown as FactOf<E>,
  );

const recordComplaint = (conduct: Conduct, role: Role, decision: Decision<ComplaintEvent>): void => {
  if (decision.kind !== 'recorded') return;
  const facts = factsOf(conduct, `complaint-${COMPLAINT}`, conduct.facts.length, role, decision.events);
  conduct.facts.push(...facts);
  conduct.ledger.push(...facts);
  conduct.state = facts.reduce((state, fact) => complaintStreams.evolve(state, fact), conduct.state);
};

const recordCall = (conduct: Conduct, call: CallStream, role: Role, decision: Decision<FollowUpEvent>): void => {
  if (decision.kind !== 'recorded') return;
  const facts = factsOf(conduct, `follow-up-${call.id}`, call.facts.length, role, decision.events);
  call.facts.push(...facts);
  conduct.ledger.push(...facts);
  call.state = facts.reduce((state, fact) => followUpStreams.evolve(state, fact), call.state);
};

/** The call of the latest resolution, whether it stands or not. */
const latestCall = ({ state, calls }: Conduct): CallStream | undefined =>
  calls.get(state.resolutions.at(-1)?.fact ?? '');

/** Any call there ever was, the latest one most often. */
const someCall = (conduct: Conduct, pick: number): CallStream | undefined =>
  pick % 5 === 0 ? [...conduct.calls.values()][pick % conduct.calls.size] : latestCall(conduct);

/** What somebody decides on a call; undefined when there is none to decide on. */
const decideCall = (
  conduct: Conduct,
  { kind, pick }: Move & { readonly kind: CallMove },
  words: Personal,
): [CallStream, Decision<FollowUpEvent>] | undefined => {
  if (kind === 'open') {
    const resolution = conduct.state.resolutions.at(-1);
    if (!resolution) return undefined;
    const call = conduct.calls.get(resolution.fact) ?? {
      id: factId(500_000 + conduct.calls.size),
      facts: [],
      state: undefined,
    };
    conduct.calls.set(resolution.fact, call);
    const { fact, at } = resolution;
    return [
      call,
      openFollowUp({ complaint: COMPLAINT, resolution: fact, resolvedAt: at, customer: SUBJECT }, call.state, policy),
    ];
  }
  const call = someCall(conduct, pick);
  if (!call?.state) return undefined;
  switch (kind) {
    case 'attempt': {
      const result = (['no-answer', 'busy', 'no-answer', 'call-back'] as const)[pick % 4]!;
      return [call, recordAttempt({ result, effectiveAt: conduct.now }, call.state, policy)];
    }
    case 'outcome': {
      const outcomes = [
        { reached: true, solution: 1 + (pick % 5), attitude: 4, declined: false, told: words },
        { reached: true, declined: true, comment: words },
        { reached: false },
      ] as const;
      return [call, recordOutcome(outcomes[pick % 3]!, call.state, policy)];
    }
    case 'reschedule':
      return [call, reschedule({ due: conduct.now }, call.state, policy)];
    case 'supersede': {
      const reopening = conduct.state.reopenings.at(-1);
      return reopening && [call, supersede({ reopening: reopening.fact }, call.state, policy)];
    }
  }
};

const onCall = (move: Move): move is Move & { readonly kind: CallMove } =>
  (CALL_MOVES as readonly string[]).includes(move.kind);

/** What the rules answer to a move; nothing is recorded. `closing`: the rule by which complaints are closed. */
export const decide = (
  conduct: Conduct,
  move: Move,
  words: Personal,
  closing: Closing = close,
): Decision<Event> | undefined => {
  if (onCall(move)) return decideCall(conduct, move, words)?.[1];
  if (move.kind !== 'close') return COMPLAINT_MOVES[move.kind as ComplaintMove](conduct, move, words);
  const call = latestCall(conduct);
  const read: CallRead | undefined = call?.state && { id: call.id, revision: call.facts.length - 1, state: call.state };
  return closing({}, conduct.state, read, policy);
};

/** Does one thing: time passes, the rules decide, what they record is appended. Answers the decision. */
export const play = (
  conduct: Conduct,
  move: Move,
  words: Personal,
  closing: Closing = close,
): Decision<Event> | undefined => {
  conduct.now = new Date(Date.parse(conduct.now) + move.wait * 60_000).toISOString();
  if (!onCall(move)) {
    const decision = decide(conduct, move, words, closing);
    recordComplaint(conduct, move.role, decision as Decision<ComplaintEvent>);
    return decision;
  }
  const decided = decideCall(conduct, move, words);
  if (decided) recordCall(conduct, decided[0], move.role, decided[1]);
  return decided?.[1];
};

export interface Beginning {
  readonly severity: (typeof SEVERITIES)[number] | undefined;
  readonly issues: number;
  readonly migrated: boolean;
}

export const begin = ({ severity, issues, migrated }: Beginning, words: Personal): Conduct => {
  const conduct = {
    facts: [],
    calls: new Map(),
    ledger: [],
    now: '2026-03-02T09:00:00.000Z',
    serial: 0,
  } as unknown as Conduct;
  const decision = receive(
    {
      reference: 'R7K4M29',
      channel: 'phone',
      words,
      desiredOutcomes: [],
      confidentiality: 'open',
      customer: { id: SUBJECT, name: words },
      issues: Array.from({ length: issues }, (_, n) => ({
        id: factId(900_000 + n),
        category: 'late',
        ...(severity && { severity }),
      })),
      ...(migrated && { origin: { system: 'cfpb', migrated } }),
      receivedAt: conduct.now,
      issueIdIfNone: ISSUE,
    },
    undefined,
    policy,
  );
  recordComplaint(conduct, 'handler', decision);
  return conduct;
};

const ROLES: readonly Role[] = ['handler', 'handler', 'lead', 'manager', 'director', 'customer'];
const kinds = [
  ...(Object.keys(COMPLAINT_MOVES) as ComplaintMove[]),
  ...CALL_MOVES,
  'close',
] as const satisfies readonly MoveKind[];

const rarely: readonly MoveKind[] = ['addIssue', 'withdraw', 'reclassify', 'reopen'];
const moves: fc.Arbitrary<Move> = fc.record({
  kind: fc.oneof(
    ...kinds.map((kind) => ({
      arbitrary: fc.constant(kind),
      weight: kind === 'close' ? 8 : rarely.includes(kind) ? 1 : 3,
    })),
  ),
  role: fc.constantFrom(...ROLES),
  pick: fc.nat(59),
  wait: fc.oneof(
    { arbitrary: fc.nat(600), weight: 12 },
    { arbitrary: fc.integer({ min: 1440, max: 9000 }), weight: 1 },
  ),
});

/** What leads to closing when nobody interferes, for whatever weighs how much. */
const straight: readonly [MoveKind, Role, number?][] = [
  ['thank', 'handler'],
  ['apologise', 'handler', 1],
  ['apologise', 'manager', 0],
  ['acceptResponsibility', 'director'],
  ['correct', 'handler', 0],
  ['correct', 'handler', 1],
  ['offer', 'handler', 0],
  ['offer', 'handler', 1],
  ['decline', 'handler', 0],
  ['deliver', 'handler', 1],
  ['explain', 'handler'],
  ['resolve', 'handler'],
  ['open', 'system'],
  ['outcome', 'handler', 1],
];

/** The straight way, with steps left out, doubled or moved, and others between them. */
const bent: fc.Arbitrary<Move[]> = fc
  .record({
    way: fc.tuple(
      ...straight.map(([kind, role, pick = 1]) =>
        fc.record({ kind: fc.constant(kind), role: fc.constant(role), pick: fc.constant(pick), wait: fc.nat(600) }),
      ),
    ),
    left: fc.array(fc.nat(straight.length - 1), { maxLength: 2 }),
    others: fc.array(fc.tuple(fc.nat(straight.length), moves), { maxLength: 12 }),
    /** Attempts in vain, more or less far apart, instead of an outcome. */
    vain: fc.option(fc.array(fc.integer({ min: 180, max: 600 }), { minLength: 2, maxLength: 5 })),
    swap: fc.option(fc.tuple(fc.nat(straight.length - 1), fc.nat(straight.length - 1))),
  })
  .map(({ way, left, others, vain, swap }) => {
    const path: Move[] = way.filter(({ kind }, index) => !left.includes(index) && !(vain && kind === 'outcome'));
    for (const wait of vain ?? []) path.push({ kind: 'attempt', role: 'handler', pick: 1, wait });
    if (swap) path.splice(swap[1], 0, ...path.splice(swap[0], 1));
    for (const [place, move] of others) path.splice(place, 0, move);
    return [...path, { kind: 'close', role: 'handler', pick: 0, wait: 1 }];
  });

const beginnings: fc.Arbitrary<Beginning> = fc.record({
  severity: fc.constantFrom(...SEVERITIES, undefined),
  issues: fc.constantFrom(0, 1, 1, 1, 2),
  migrated: fc.nat(4).map((n) => n === 0),
});

const again: Move = { kind: 'reopen', role: 'handler', pick: 0, wait: 60 };

export const conducts: fc.Arbitrary<[Beginning, Move[]]> = fc.tuple(
  beginnings,
  fc.oneof(
    fc.array(moves, { minLength: 30, maxLength: 150 }),
    bent,
    fc.tuple(bent, bent).map(([one, other]) => [...one, again, ...other]),
  ),
);

/** Plays a conduct to its end. */
export const played = ([beginning, all]: [Beginning, Move[]], words: Personal, closing: Closing = close): Conduct => {
  const conduct = begin(beginning, words);
  for (const move of all) play(conduct, move, words, closing);
  return conduct;
};
