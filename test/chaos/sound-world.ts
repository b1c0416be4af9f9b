import { createHash } from 'node:crypto';
import type { ReadMessage } from '../support/kafka.ts';
import type { Attempt, Command, Evidence, LedgerFact } from './check/evidence.ts';
import { digestOf } from './check/ledger.ts';
import { PUBLISHED_TOPICS } from './check/published.ts';

/** A small world in which everything is as it must be, for specs that spoil it. */
export const soundWorld = (): Mutable<Evidence> => {
  const world = new Telling();
  const [first] = ['one', 'two', 'three'].map((name) => world.intake(name));
  world.command(first!, 'thanks', [['CustomerThanked', {}]], { lostFirst: true });
  world.command(first!, 'apologies', [
    ['RuleOverridden', {}],
    ['ApologyGiven', {}],
  ]);
  world.refusal(first!, 'closures', 'not-ready-to-close');
  const promise = id('promise');
  world.command(first!, 'promises', [['PromiseMade', { promise, what: 'update', due: time(9) }]]);
  const resolution = world.command(first!, 'resolutions', [['ComplaintResolved', {}]], { followUp: id('call') });
  const call = `follow-up-${id('call')}`;
  world.system(call, 'FollowUpOpened', { complaint: bare(first!), resolution: resolution[0]!.id }, resolution[0]!);
  world.command(call, 'outcomes', [['CustomerReached', {}]]);
  world.system(first!, 'PromiseBroken', { promise, what: 'update', due: time(9) }, resolution[0]!, time(9));
  const third = world.facts.filter(({ type }) => type === 'ComplaintReceived').at(-1)!;
  world.system(
    `recurrence-${id('group')}`,
    'RecurrenceNoticed',
    { group: { category: 'late' }, count: 3, threshold: 3, through: 3, evidence: ['one', 'two', 'three'].map(id) },
    third,
  );
  world.command(first!, 'messages', [['MessageRecorded', { direction: 'in' }]], { unknownFirst: true });
  return world.evidence();
};

export type Mutable<T> = T extends object ? { -readonly [Member in keyof T]: Mutable<T[Member]> } : T;

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
/** The same name, the same UUID. */
export const id = (name: string): string =>
  hex(name).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-a$4-$5');
const time = (second: number): string => new Date(Date.UTC(2026, 2, 2, 9, 0, second)).toISOString();
const bare = (stream: string): string => stream.replace(/^(complaint|follow-up|recurrence)-/, '');

interface Told {
  readonly lostFirst?: boolean;
  readonly unknownFirst?: boolean;
  readonly followUp?: string;
}

class Telling {
  readonly facts: Mutable<LedgerFact>[] = [];
  private readonly commands: Command[] = [];

  intake(name: string): string {
    const stream = `complaint-${id(name)}`;
    const data = { issues: [{ category: 'late' }], dues: [{ clock: 'first-response', due: time(3_600) }] };
    this.command(stream, 'intake', [['ComplaintReceived', data]]);
    return stream;
  }

  command(stream: string, door: string, types: readonly [string, object][], told: Told = {}): LedgerFact[] {
    const command = this.request(stream, door, 'recorded');
    const facts = types.map(([type, data]) =>
      this.append(stream, type, data, command.correlation, 'handler', id(command.key)),
    );
    const last = facts.at(-1)!;
    if (told.lostFirst) command.attempts.push({ ...sent, lost: 'ECONNRESET' });
    if (told.unknownFirst)
      command.attempts.push({ ...sent, status: 503, code: 'ledger-unavailable', outcome: 'unknown', retryAfter: '2' });
    const answer = {
      status: 201,
      location: `/v1/${door}/${last.id}`,
      etag: `"${last.revision}"`,
      id: bare(stream),
      revision: last.revision,
      position: last.position,
      facts: facts.map((fact) => ({ id: fact.id, type: fact.type })),
      ...(told.followUp !== undefined && { followUp: told.followUp }),
    };
    command.attempts.push({ ...sent, endedAt: 3, status: 201, answer });
    return facts;
  }

  refusal(stream: string, door: string, code: string): void {
    this.request(stream, door, [code]).attempts.push({ ...sent, status: 409, code });
  }

  system(stream: string, type: string, data: object, cause: LedgerFact, effectiveAt?: string): void {
    const command = id(`system ${this.facts.length}`);
    this.append(stream, type, data, String(cause.metadata.correlationId), 'system', command, effectiveAt);
  }

  evidence(): Mutable<Evidence> {
    const facts = this.facts;
    const restedAt = Date.parse(time(600));
    const messages = facts.map(messageOf);
    return {
      ledger: 'postgres',
      source: '/redress/sound',
      facts,
      commands: this.commands,
      messages,
      restedAt,
    } as never;
  }

  private request(stream: string, door: string, meant: Command['meant']): Command {
    const name = `${door} ${this.commands.length}`;
    const command: Command = {
      name,
      path: `/v1/${door}/${stream}`,
      body: {},
      key: `key ${name}`,
      correlation: id(`correlation ${name}`),
      meant,
      attempts: [],
      abandoned: false,
    };
    this.commands.push(command);
    return command;
  }

  private append(
    stream: string,
    type: string,
    data: object,
    correlationId: string,
    role: string,
    commandId: string,
    effectiveAt?: string,
  ): LedgerFact {
    const own = this.facts.filter((fact) => fact.stream === stream);
    const recordedAt = time(this.facts.length);
    const fact: Mutable<LedgerFact> = {
      position: `epoch.${String(this.facts.length + 1).padStart(20, '0')}`,
      stream,
      revision: own.length,
      id: id(`fact ${this.facts.length}`),
      type,
      data,
      metadata: {
        commandId,
        correlationId,
        requestDigest: 'hmac-sha256:0',
        actor: { id: 'anna', role, assurance: 'claimed' },
        recordedAt,
        effectiveAt: effectiveAt ?? recordedAt,
        previousDigest: own.at(-1)?.metadata.digest ?? null,
      },
    };
    fact.metadata.digest = digestOf(stream, fact);
    this.facts.push(fact);
    return fact;
  }
}

const sent: Attempt = { api: 'api-1', sentAt: 1, leftAt: 1, endedAt: 2 };

/** As it would lie in Kafka: one partition, in the ledger's order. */
const messageOf = ({ stream, id: fact, revision, position, metadata }: LedgerFact, offset: number): ReadMessage => ({
  topic: PUBLISHED_TOPICS[['complaint', 'follow-up', 'recurrence'].findIndex((noun) => stream.startsWith(noun))]!,
  partition: 0,
  offset,
  key: bare(stream),
  value: '{}',
  headers: {
    ce_id: fact,
    ce_source: '/redress/sound',
    ce_subject: bare(stream),
    ce_sequence: String(revision).padStart(10, '0'),
    ce_position: position,
    ce_time: metadata.effectiveAt as string,
    ce_recordedtime: metadata.recordedAt as string,
  },
});
