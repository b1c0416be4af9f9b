import type { Decision, Refusal } from '#fact/decision';
import type { Event } from '#fact/define-event';
import type { Fact, FactOf } from '#fact/fact';
import type { StreamKind } from '#fact/stream-kind';
import type { Vault } from '#privacy/vault';
import { backOff } from '#resilience/backoff';
import { OutdatedInDoubt, appendWithRetry, isOutdated } from './append-with-retry.ts';
import { Codec } from './codec.ts';
import { History } from './history.ts';
import {
  KeyErased,
  OutcomeUnknown,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
  type Position,
} from './port.ts';
import { sealAll, type Origin, type Sealed } from './sealing.ts';
import type { StreamMemory } from './stream-memory.ts';

/** What is known of a request before any rule is asked: who, under which key, and why. */
export interface Request extends Origin {
  /** The caller's; absent: when it is recorded. */
  readonly effectiveAt?: string;
  /**
   * When the cause was recorded, for what follows from a fact of another stream: nothing is recorded before its cause,
   * whatever this program's clock says.
   */
  readonly notBefore?: string;
  /** Revisions of If-Match; `*`: the stream must exist. */
  readonly ifMatch?: readonly number[] | '*';
}

export type Outcome<State> =
  /** Recorded now, or found recorded under the same command id (`repeated`): answered alike. */
  | {
      readonly kind: 'recorded';
      readonly repeated: boolean;
      readonly facts: readonly Fact[];
      readonly revision: number;
      readonly position: Position;
      readonly state: State;
    }
  /** Already so. `revision` is undefined for a stream that does not exist. */
  | {
      readonly kind: 'nothing';
      readonly revision: number | undefined;
      readonly position: Position | undefined;
      readonly state: State | undefined;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly revision: number | undefined }
  /** If-Match failed; `missed` are the facts behind the newest revision the caller named. */
  | { readonly kind: 'mismatch'; readonly revision: number | undefined; readonly missed: readonly Fact[] };

export interface TransactOptions<State, E extends Event> {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly kind: StreamKind<State, E>;
  readonly stream: string;
  readonly request: Request;
  readonly now: () => Date;
  /** The rules, asked anew after every conflict; `policyVersion` is the version that they decide under. */
  readonly decide: (
    state: State | undefined,
    facts: readonly Fact[],
  ) => Promise<{ decision: Decision<E>; policyVersion: number }> | { decision: Decision<E>; policyVersion: number };
  /** Absent: the stream is read. */
  readonly memory?: StreamMemory;
  /** Whether such a stream cannot be there yet: then it is begun unread. The store compares; a mistake costs one try more. */
  readonly begins?: () => Promise<boolean>;
  /** How long an append whose outcome is unknown is sent again before giving up. Default 30 s. */
  readonly patienceMs?: number;
}

/** How long is waited after one, so that those who met do not meet again. */
const AFTER_CONFLICT = { firstMs: 1, maxMs: 64 };
const CONFLICTS_BEFORE_GIVING_UP = 50;

/**
 * One command against one stream: read, fold, look for the command id, check If-Match, decide, append at the revision
 * read; on a conflict ask the rules again (docs/architecture.md, The walk of one command).
 * Errors: StoreUnavailable (nothing was stored), OutcomeUnknown (ask again with the same key), AppendRejected.
 */
export const transact = async <State, E extends Event>(options: TransactOptions<State, E>): Promise<Outcome<State>> => {
  const { store, kind, stream, memory } = options;
  const codec = codecOf(kind);
  let stored = false;
  let inDoubt = false;
  const remembered =
    memory?.recall<State>(stream) ??
    ((await options.begins?.()) ? new History<State>(store.interruptions, [], undefined) : undefined);
  if (remembered) {
    const outcome = await attempt(options, codec, remembered);
    // What is recorded is recorded. Everything else is only said of a stream that was just read.
    if (outcome.kind === 'recorded') return outcome;
    memory?.forget(stream);
    if (outcome.kind === 'again') [stored, inDoubt] = [outcome.stored, !outcome.stored && outcome.inDoubt];
  }
  for (let conflicts = 0; ;) {
    const since = store.interruptions;
    const facts = await readFacts(store, codec, stream).catch((cause: unknown) => {
      throw stored ? recordedButUnread(cause) : inDoubt ? perhapsRecorded(cause) : cause;
    });
    inDoubt = false; // what was stored is there
    const outcome = await attempt(options, codec, new History(since, facts, fold(kind, facts)));
    if (outcome.kind !== 'again') return outcome;
    if (outcome.stored) {
      stored = true;
      continue;
    }
    inDoubt = outcome.inDoubt;
    if (conflicts >= CONFLICTS_BEFORE_GIVING_UP)
      throw inDoubt
        ? perhapsRecorded(outcome.cause)
        : new StoreUnavailable('too many concurrent writers to this stream', { cause: outcome.cause });
    await backOff(AFTER_CONFLICT, conflicts++);
  }
};

/** Read the stream and ask again: somebody else was faster, or what was meant is stored and must be looked at. */
type Again =
  | { readonly kind: 'again'; readonly stored: false; readonly inDoubt: boolean; readonly cause: unknown }
  | { readonly kind: 'again'; readonly stored: true };

const attempt = async <State, E extends Event>(
  options: TransactOptions<State, E>,
  codec: Codec,
  history: History<State>,
): Promise<Outcome<State> | Again> => {
  const { store, vault, kind, stream, request, memory } = options;
  const { facts, state, last } = history;
  const revision = last?.revision;

  const mine = history.recordedBy(request.commandId);
  if (mine.length > 0) {
    if (mine[0]!.requestDigest !== request.requestDigest) return { kind: 'refused', revision, refusal: KEY_REUSED };
    const until = mine.at(-1)!.revision;
    const then = until === revision ? state : fold(kind, facts.slice(0, until - facts[0]!.revision + 1));
    return recordedOutcome(mine, then!, true);
  }

  if (request.ifMatch !== undefined && !matches(request.ifMatch, revision)) {
    const known = request.ifMatch === '*' ? -1 : Math.max(...request.ifMatch);
    return { kind: 'mismatch', revision, missed: history.behind(known) };
  }

  const { decision, policyVersion } = await options.decide(state, facts);
  if (decision.kind === 'refused') return { kind: 'refused', refusal: decision.refusal, revision };
  if (decision.kind === 'nothing')
    return { kind: 'nothing', revision, position: last?.position as Position | undefined, state };

  const recordedAt = latest(options.now().toISOString(), last?.recordedAt, request.notBefore);
  const effectiveAt = request.effectiveAt ?? recordedAt;
  const misplaced = misplacedEffect(effectiveAt, recordedAt, facts[0]);
  if (misplaced) return { kind: 'refused', revision, refusal: misplaced };

  let sealed: Sealed;
  let result: AppendResult;
  try {
    const when = { recordedAt, effectiveAt, policyVersion };
    sealed = await sealAll(options, codec, last, state, decision.events, when);
    result = await appendWithRetry(options, last, sealed, history.since);
  } catch (cause) {
    if (!isOutdated(cause)) throw cause;
    const inDoubt = cause instanceof OutdatedInDoubt;
    if ((inDoubt ? cause.cause : cause) instanceof KeyErased) vault.letGo();
    return { kind: 'again', stored: false, inDoubt, cause };
  }
  // Answered from what is stored, never from what was meant.
  if (result.deduplicated !== false) return { kind: 'again', stored: true };
  vault.hold(stream, sealed.keys);
  const { firstRevision } = sealed;
  const written =
    sealed.events.length === 1
      ? [codec.decode({ stream, revision: BigInt(firstRevision), position: result.position, ...sealed.events[0] })]
      : // The store told the last one's position only.
        await readFacts(store, codec, stream, sealed).catch((cause: unknown) => {
          throw recordedButUnread(cause);
        });
  let after = state;
  for (const fact of written) after = kind.evolve(after, fact as FactOf<E>);
  if (history.grow(written, after!)) memory?.keep(stream, history);
  else memory?.forget(stream);
  return recordedOutcome(written, after!, false);
};

const recordedButUnread = (cause: unknown): OutcomeUnknown =>
  new OutcomeUnknown('recorded, but it could not be read again', { cause });

const perhapsRecorded = (cause: unknown): OutcomeUnknown =>
  new OutcomeUnknown('it may be recorded, and could not be read again', { cause });

const KEY_REUSED: Refusal = {
  code: 'idempotency-key-reused',
  detail: 'This Idempotency-Key was used with another body. Send the same body, or a new key.',
};

/** All facts of a stream, oldest first; empty when it does not exist. `only`: those of one append. */
export const readFacts = async (
  store: EventStore,
  codec: Codec,
  stream: string,
  only?: { readonly firstRevision: number; readonly events: readonly unknown[] },
): Promise<Fact[]> => {
  const range = only && { fromRevision: BigInt(only.firstRevision), maxCount: only.events.length };
  const facts: Fact[] = [];
  for await (const event of store.readStream(stream, range)) facts.push(codec.decode(event));
  return facts;
};

export const fold = <State, E extends Event>(kind: StreamKind<State, E>, facts: readonly Fact[]): State | undefined =>
  facts.reduce<State | undefined>((state, fact) => kind.evolve(state, fact as FactOf<E>), undefined);

const codecs = new WeakMap<object, Codec>();
/** The codec of a stream's kind, compiled once. */
export const codecOf = (kind: { readonly events: StreamKind<unknown, Event>['events'] }): Codec => {
  let codec = codecs.get(kind.events);
  if (!codec) codecs.set(kind.events, (codec = new Codec(kind.events)));
  return codec;
};

const recordedOutcome = <State>(facts: readonly Fact[], state: State, repeated: boolean): Outcome<State> => {
  const last = facts.at(-1)!;
  return { kind: 'recorded', repeated, facts, revision: last.revision, position: last.position as Position, state };
};

const matches = (ifMatch: readonly number[] | '*', revision: number | undefined): boolean =>
  revision !== undefined && (ifMatch === '*' || ifMatch.includes(revision));

/** The clock's word, but for a clock that went back, or is behind the one that the facts before were recorded by. */
export const latest = (now: string, ...before: readonly (string | undefined)[]): string =>
  before.reduce<string>((last, one) => (one !== undefined && one > last ? one : last), now);

/**
 * What was to take effect lies behind the time of recording. A caller has sent a wrong body; for the system, which takes
 * instants from facts, it passes: a clock is behind the one that the facts were recorded by.
 */
export const EFFECT_IN_FUTURE = 'effect-in-future';

/** `effectiveAt` lies between the stream's opening and now; only a stream's first fact may be of any past. */
const misplacedEffect = (effectiveAt: string, recordedAt: string, opening: Fact | undefined): Refusal | undefined => {
  if (effectiveAt > recordedAt) return misplaced(EFFECT_IN_FUTURE, 'effectiveAt lies in the future.');
  if (opening && effectiveAt < opening.effectiveAt)
    return misplaced('invalid-body', `effectiveAt lies before ${opening.effectiveAt}, when this began.`);
  return undefined;
};

const misplaced = (code: string, detail: string): Refusal => ({
  code,
  detail,
  members: { errors: [{ pointer: '#/effectiveAt', code: 'out-of-range', detail }] },
});
