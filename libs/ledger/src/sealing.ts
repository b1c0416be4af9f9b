import { v7 as uuidv7 } from 'uuid';
import type { Event } from '../../fact/src/define-event.ts';
import type { Fact, FactOf, FactMetadata } from '../../fact/src/fact.ts';
import type { SubjectRole } from '../../fact/src/personal.ts';
import { seal } from '../../privacy/src/envelope.ts';
import type { LiveKey } from '../../privacy/src/vault.ts';
import type { Codec } from './codec.ts';
import { digestOf } from './digest.ts';
import type { NewEvent } from './port.ts';
import type { TransactOptions } from './transact.ts';

/** Facts as bytes: sent again and again with the same ids, until the store says what became of them. */
export interface Sealed {
  readonly events: readonly [NewEvent, ...NewEvent[]];
  readonly firstRevision: number;
  readonly keys: readonly LiveKey[];
}

/**
 * What a decision records, as the store keeps it: ids, metadata, personal texts sealed by the live keys of their subjects,
 * digests chained. Keys that had to be minted come along, to be stored with the facts.
 * NOTE: a storage format, for ever (formats.md, The stored fact).
 */
export const sealAll = async <State, E extends Event>(
  { kind, stream, vault, request }: Pick<TransactOptions<State, E>, 'kind' | 'stream' | 'vault' | 'request'>,
  codec: Codec,
  facts: readonly Fact[],
  state: State | undefined,
  events: readonly E[],
  when: { recordedAt: string; effectiveAt: string; policyVersion: number },
): Promise<Sealed> => {
  const last = facts.at(-1);
  const firstRevision = last ? last.revision + 1 : 0;
  const metadata = {
    commandId: request.commandId,
    requestDigest: request.requestDigest,
    actor: request.actor,
    correlationId: request.correlationId,
    ...(request.causationId !== undefined && { causationId: request.causationId }),
    ...when,
    ...(request.traceparent !== undefined && { traceparent: request.traceparent }),
  };
  const roles = new Set(events.flatMap((event) => [...codec.subjectsIn(event)]));
  const keys = new Map<SubjectRole, LiveKey>();
  if (roles.size > 0) {
    const foreseen = events.reduce<State | undefined>(
      (older, event, index) =>
        kind.evolve(older, {
          id: '',
          stream,
          revision: firstRevision + index,
          position: '',
          schemaVersion: codec.versionOf(event.type),
          previousDigest: null,
          digest: '',
          ...metadata,
          ...event,
        } as unknown as FactOf<E>),
      state,
    )!;
    const subjects = kind.subjects(foreseen);
    for (const role of roles) {
      const subject = subjects[role];
      if (subject === undefined) throw new Error(`${stream} names no ${role} whose words could be sealed`);
      keys.set(role, await vault.keyFor(subject, stream));
    }
  }
  let previousDigest = last?.digest ?? null;
  const sealed = events.map((event, index): NewEvent => {
    const revision = firstRevision + index;
    const data = codec.encode(event, (text, role, pointer) => {
      const key = keys.get(role)!;
      return seal(text, key.kid, key.key, { stream, revision, type: event.type, pointer });
    });
    const bare: Omit<FactMetadata, 'digest'> = {
      schemaVersion: codec.versionOf(event.type),
      ...metadata,
      previousDigest,
    };
    const id = uuidv7();
    const digest = digestOf({ stream, revision: BigInt(revision), id, type: event.type, data, metadata: bare });
    previousDigest = digest;
    return { id, type: event.type, data, metadata: { digest, ...bare } };
  });
  return { events: sealed as unknown as readonly [NewEvent, ...NewEvent[]], firstRevision, keys: [...keys.values()] };
};
