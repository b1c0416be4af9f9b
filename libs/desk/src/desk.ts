import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Decision } from '#fact/decision';
import type { Event } from '#fact/define-event';
import type { Fact } from '#fact/fact';
import type { StreamKind } from '#fact/stream-kind';
import { StreamMemory } from '#ledger/stream/stream-memory';
import { codecOf, fold, latest, readFacts, transact, type Outcome, type Request } from '#ledger/stream/transact';
import type { VersionedPolicy } from '#policy/policy';
import { KeyedQueue } from '#resilience/keyed-queue';
import type { Caller } from './caller.ts';
import { normalInstant } from './forms.ts';
import { DESK_DEPENDENCIES, type DeskDependencies } from './desk-dependencies.ts';
import { PolicyInForce } from './policy-in-force.ts';

/** What a rule is told besides the command and the state. */
export interface Asked {
  /** When what is decided takes effect: the caller's word, else now. */
  readonly at: string;
  /** When it is decided. Nothing takes effect later than that: the ledger refuses it, after the rule was asked. */
  readonly now: string;
  /** The newest policy; its version is stored with the facts. */
  readonly policy: VersionedPolicy;
  readonly facts: readonly Fact[];
}

/** A body, as far as every command has the same: when it took effect. */
export interface Dated {
  readonly effectiveAt?: string;
}

/** What all handlers share: the way of one command into a stream, and of a stream back. Owns no rule. */
@Injectable()
export class Desk {
  readonly policies: PolicyInForce;
  private readonly queue = new KeyedQueue();
  private readonly memory: StreamMemory;

  constructor(@Inject(DESK_DEPENDENCIES) readonly parts: DeskDependencies) {
    this.policies = new PolicyInForce(parts.store);
    this.memory = new StreamMemory(parts.store);
  }

  now(): string {
    return this.parts.clock().toISOString();
  }

  /** A door's request as the ledger keeps it. Without a key the command id is random: not safe to repeat. */
  requestOf(caller: Caller, body: Dated): Request {
    const { actor, idempotencyKey: key, method, path, correlationId, traceparent, ifMatch } = caller;
    const { organisation, secrets } = this.parts;
    return {
      commandId:
        key === undefined ? randomUUID() : secrets.commandId({ organisation, caller: actor.id, method, path, key }),
      requestDigest: secrets.requestDigest(asSent(body)),
      actor,
      correlationId,
      ...(traceparent !== undefined && { traceparent }),
      ...(body.effectiveAt !== undefined && { effectiveAt: normalInstant(body.effectiveAt) }),
      ...(ifMatch !== undefined && { ifMatch }),
    };
  }

  /** One command against one stream, under the newest policy unless another is named. The rules are asked anew after every conflict. */
  async write<State, E extends Event>(
    kind: StreamKind<State, E>,
    stream: string,
    request: Request,
    decide: (state: State | undefined, asked: Asked) => Decision<E> | Promise<Decision<E>>,
    {
      under = () => this.policies.newest(),
      begins,
    }: {
      readonly under?: () => Promise<VersionedPolicy>;
      /** Whether the stream cannot be there yet: then it is not read. */
      readonly begins?: () => Promise<boolean>;
    } = {},
  ): Promise<Outcome<State>> {
    const { store, vault, clock } = this.parts;
    // One look at the clock per decision: the rule and the ledger mean the same moment.
    let moment = clock();
    return this.queue.take(stream, () => {
      // Asked for while the stream is read; after a conflict it is asked for anew.
      let asked: Promise<VersionedPolicy> | undefined = under();
      asked.catch(() => undefined); // told when the rule is asked, if ever
      return transact({
        store,
        vault,
        kind,
        stream,
        request,
        memory: this.memory,
        ...(begins && { begins }),
        now: () => moment,
        decide: async (state, facts) => {
          const policy = await (asked ?? under());
          asked = undefined;
          moment = clock();
          const now = latest(moment.toISOString(), facts.at(-1)?.recordedAt, request.notBefore);
          const at = request.effectiveAt ?? now;
          return { decision: await decide(state, { at, now, policy, facts }), policyVersion: policy.version };
        },
      });
    });
  }

  /** A stream's facts and what they fold into; undefined when there are none (yet, at that time). */
  async read<State, E extends Event>(
    kind: StreamKind<State, E>,
    stream: string,
    known: (fact: Fact) => boolean = () => true,
  ): Promise<{ readonly facts: readonly Fact[]; readonly state: State } | undefined> {
    const facts = (await readFacts(this.parts.store, codecOf(kind), stream)).filter(known);
    return facts.length === 0 ? undefined : { facts, state: fold(kind, facts)! };
  }
}

/** The body as plain JSON, the way it was sent: what the class adds is undefined members only. */
const asSent = (body: object): unknown => JSON.parse(JSON.stringify(body));
