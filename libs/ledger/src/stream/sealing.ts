import { v7 as uuidv7 } from 'uuid';
import type { Event } from '#fact/define-event';
import type { Actor, Fact, FactOf, FactMetadata } from '#fact/fact';
import type { SubjectRole } from '#fact/personal';
import { seal } from '#privacy/envelope';
import type { StreamKind } from '#fact/stream-kind';
import type { LiveKey, Vault } from '#privacy/vault';
import type { Codec } from './codec.ts';
import { digestOf } from './digest.ts';
import type { NewEvent } from './port.ts';

/** Who asks for facts, under which key, and why: what is stored beside each of them. */
export interface Origin {
  /** From the Idempotency-Key, or random, or derived from the cause (docs/formats.md, Ids and idempotency). */
  readonly commandId: string;
  /** HMAC over the parsed body. */
  readonly requestDigest: string;
  readonly actor: Actor;
  readonly correlationId: string;
  /** The fact that caused it, when one did. */
  readonly causationId?: string;
  readonly traceparent?: string;
}

/** Facts as bytes: sent again and again with the same ids, until the store says what became of them. */
export interface Sealed {
  readonly events: readonly [NewEvent, ...NewEvent[]];
  readonly firstRevision: number;
  readonly keys: readonly LiveKey[];
}

/**
 * What a decision records, as the store keeps it: ids, metadata, personal texts sealed by the live keys of their subjects,
 * digests chained. Keys that had to be minted come along, to be stored with the facts.
 * NOTE: a storage format, for ever (docs/formats.md, The stored fact).
 */
export const sealAll = async <State, E extends Event>(
  { kind, stream, vault, request }: { kind: StreamKind<State, E>; stream: string; vault: Vault; request: Origin },
  codec: Codec,
  last: Fact | undefined,
  state: State | undefined,
  events: readonly E[],
  when: { recordedAt: string; effectiveAt: string; policyVersion: number },
): Promise<Sealed> => {
  const firstRevision = last ? last.revision + 1 : 0;
  let previousDigest = last?.digest ?? null;
  // Member by member: every fact passes here, and spreading costs ten times as much.
  const metadataOf = (event: E): Omit<Mutable<FactMetadata>, 'digest'> => {
    const metadata: Omit<Mutable<FactMetadata>, 'digest'> = {
      schemaVersion: codec.versionOf(event.type),
      commandId: request.commandId,
      requestDigest: request.requestDigest,
      actor: request.actor,
      correlationId: request.correlationId,
      recordedAt: when.recordedAt,
      effectiveAt: when.effectiveAt,
      policyVersion: when.policyVersion,
      previousDigest,
    };
    if (request.causationId !== undefined) metadata.causationId = request.causationId;
    if (request.traceparent !== undefined) metadata.traceparent = request.traceparent;
    return metadata;
  };
  const prefetched = (): State => {
    let after = state;
    for (const [index, event] of events.entries())
      after = kind.evolve(after, {
        id: '',
        stream,
        revision: firstRevision + index,
        position: '',
        digest: '',
        type: event.type,
        data: event.data,
        ...metadataOf(event),
      } as unknown as FactOf<E>);
    return after!;
  };

  const keys = new Map<SubjectRole, LiveKey>();
  const roles = new Set<SubjectRole>();
  for (const event of events) for (const role of codec.subjectsIn(event)) roles.add(role);
  if (roles.size > 0) {
    // A person stays who they are from the fact on that names them, which may be one of these.
    let subjects = state === undefined ? {} : kind.subjects(state);
    for (const role of roles) {
      const subject = subjects[role] ?? (subjects = kind.subjects(prefetched()))[role];
      if (subject === undefined) throw new Error(`${stream} names no ${role} whose words could be sealed`);
      keys.set(role, await vault.keyFor(subject, stream));
    }
  }

  const sealed = events.map((event, index): NewEvent => {
    const revision = firstRevision + index;
    const data = codec.encode(event, (text, role, pointer) => {
      const key = keys.get(role)!;
      return seal(text, key.kid, key.key, { stream, revision, type: event.type, pointer });
    });
    const metadata = metadataOf(event);
    const id = uuidv7();
    const digest = digestOf({ stream, revision: BigInt(revision), id, type: event.type, data, metadata });
    previousDigest = digest;
    return { id, type: event.type, data, metadata: { digest, ...metadata } };
  });
  return { events: sealed as unknown as readonly [NewEvent, ...NewEvent[]], firstRevision, keys: [...keys.values()] };
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
