import type { Decision, Refusal } from '../../fact/src/decision.ts';
import type { Event } from '../../fact/src/define-event.ts';
import type { Actor, Fact, FactOf } from '../../fact/src/fact.ts';
import type { StreamKind } from '../../fact/src/stream-kind.ts';
import type { Vault } from '../../privacy/src/vault.ts';
import { Codec } from './codec.ts';
import {
  ConcurrencyConflict,
  KeyErased,
  OutcomeUnknown,
  StoreUnavailable,
  type EventStore,
  type Position,
} from './port.ts';
import { sealAll, type Sealed } from './sealing.ts';

/** What is known of a request before any rule is asked: who, under which key, and why. */
export interface Request {
  /** From the Idempotency-Key, or random, or derived from the cause (formats.md, Ids). */
  readonly commandId: string;
  /** HMAC over the parsed body. */
  readonly requestDigest: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** The fact that caused it, when one did. */
  readonly causationId?: string;
  readonly traceparent?: string;
  /** The caller's; absent: when it is recorded. */
  readonly effectiveAt?: string;
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
  /** How long an append whose outcome is unknown is sent again before giving up. Default 30 s. */
  readonly patienceMs?: number;
}

const CONFLICTS_BEFORE_GIVING_UP = 50;

/**
 * One command against one stream: read, fold, look for the command id, check If-Match, decide, append at the revision
 * read; on a conflict ask the rules again (house.md, the walk of one command).
 * Errors: StoreUnavailable (nothing was stored), OutcomeUnknown (ask again with the same key), AppendRejected.
 */
export const transact = async <State, E extends Event>(options: TransactOptions<State, E>): Promise<Outcome<State>> => {
  const { store, kind, stream, request } = options;
  const codec = codecOf(kind);
  let stored = false;
  const read = (only?: Parameters<typeof readFacts>[3]): Promise<Fact[]> =>
    readFacts(store, codec, stream, only).catch((cause: unknown) => {
      throw stored ? new OutcomeUnknown('recorded, but it could not be read again', { cause }) : cause;
    });
  for (let attempt = 0; ; attempt++) {
    const facts = await read();
    const state = fold(kind, facts);
    const last = facts.at(-1);

    const mine = facts.filter((fact) => fact.commandId === request.commandId);
    if (mine.length > 0) {
      if (mine[0]!.requestDigest !== request.requestDigest)
        return {
          kind: 'refused',
          revision: last?.revision,
          refusal: {
            code: 'idempotency-key-reused',
            detail: 'This Idempotency-Key was used with another body. Send the same body, or a new key.',
          },
        };
      return recordedOutcome(mine, fold(kind, facts.slice(0, mine.at(-1)!.revision - facts[0]!.revision + 1))!, true);
    }

    if (request.ifMatch !== undefined && !matches(request.ifMatch, last?.revision)) {
      const known = request.ifMatch === '*' ? -1 : Math.max(...request.ifMatch);
      return { kind: 'mismatch', revision: last?.revision, missed: facts.filter((fact) => fact.revision > known) };
    }

    const { decision, policyVersion } = await options.decide(state, facts);
    if (decision.kind === 'refused') return { kind: 'refused', refusal: decision.refusal, revision: last?.revision };
    if (decision.kind === 'nothing')
      return { kind: 'nothing', revision: last?.revision, position: last?.position as Position | undefined, state };

    const recordedAt = latest(options.now().toISOString(), last?.recordedAt);
    const effectiveAt = request.effectiveAt ?? recordedAt;
    const misplaced = misplacedEffect(effectiveAt, recordedAt, facts[0]);
    if (misplaced) return { kind: 'refused', revision: last?.revision, refusal: misplaced };

    try {
      const sealed = await sealAll(options, codec, facts, state, decision.events, {
        recordedAt,
        effectiveAt,
        policyVersion,
      });
      const result = await appendPatiently(options, last, sealed);
      stored = true;
      if (result.deduplicated !== false) continue; // answered from what is stored, never from what was meant
      const written =
        sealed.events.length === 1
          ? [
              codec.decode({
                stream,
                revision: BigInt(sealed.firstRevision),
                position: result.position,
                ...sealed.events[0],
              }),
            ]
          : await read(sealed); // the store told the last one's position only
      return recordedOutcome(
        written,
        written.reduce<State | undefined>((older, fact) => kind.evolve(older, fact as FactOf<E>), state)!,
        false,
      );
    } catch (error) {
      const again = error instanceof ConcurrencyConflict || error instanceof KeyErased;
      if (!again) throw error;
      if (attempt >= CONFLICTS_BEFORE_GIVING_UP)
        throw new StoreUnavailable('too many others write to this stream', { cause: error });
      await pause(Math.random() * Math.min(100, 2 ** Math.min(attempt, 6)));
    }
  }
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

const latest = (now: string, previous: string | undefined): string =>
  previous !== undefined && previous > now ? previous : now;

/** `effectiveAt` lies between the stream's opening and now; only a stream's first fact may be of any past. */
const misplacedEffect = (effectiveAt: string, recordedAt: string, opening: Fact | undefined): Refusal | undefined => {
  const detail =
    effectiveAt > recordedAt
      ? 'effectiveAt lies in the future.'
      : opening && effectiveAt < opening.effectiveAt
        ? `effectiveAt lies before ${opening.effectiveAt}, when this began.`
        : undefined;
  return detail === undefined
    ? undefined
    : {
        code: 'invalid-body',
        detail,
        members: { errors: [{ pointer: '#/effectiveAt', code: 'out-of-range', detail }] },
      };
};

/** Sends the same bytes with the same ids until the store says what became of them. */
const appendPatiently = async <State, E extends Event>(
  options: TransactOptions<State, E>,
  last: Fact | undefined,
  sealed: Sealed,
) => {
  const expected = last ? BigInt(last.revision) : 'no_stream';
  const until = Date.now() + (options.patienceMs ?? 30_000);
  let unknown = false;
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await options.store.append(options.stream, expected, sealed.events, {
        newKeys: sealed.keys.flatMap((key) => key.row ?? []),
        usedKeys: sealed.keys.filter((key) => !key.row).map((key) => key.kid),
      });
      return unknown ? { ...result, deduplicated: 'unknown' as const } : result;
    } catch (error) {
      const retry = error instanceof OutcomeUnknown || error instanceof StoreUnavailable;
      unknown ||= error instanceof OutcomeUnknown;
      // A refusal of this call says nothing of an earlier one; these two lead to reading again, which finds it.
      if (error instanceof ConcurrencyConflict || error instanceof KeyErased) throw error;
      if (!retry || Date.now() >= until)
        throw unknown ? new OutcomeUnknown('the ledger did not say what became of the facts', { cause: error }) : error;
      await pause(50 + Math.random() * Math.min(1000, 50 * 2 ** attempt));
    }
  }
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
