import type { JsonObject } from '#fact/json';
import type { FactMetadata } from '#fact/fact';
import type { EventFilter, RecordedEvent } from '../../stream/port.ts';
import { printPosition } from '../../stream/position.ts';
import type { ServerEvent } from './server-event.ts';

/** Which of the server's events are facts of this ledger, and how they read. */
export class OwnFacts {
  /** Where the ledger keeps what it knows about itself (identity.ts). */
  readonly identityStream: string;

  constructor(private readonly prefix: string) {
    if (prefix.startsWith('$'))
      throw new Error('LEDGER_PREFIX may not begin with $: such streams are the server’s own');
    this.identityStream = `${prefix}ledger`;
  }

  /** The server's name of a stream of ours; undefined for one that no fact may go to. */
  streamOf(stream: string): string | undefined {
    const name = this.prefix + stream;
    return stream === '' || name.startsWith('$') || name === this.identityStream ? undefined : name;
  }

  /** Streams of others, the server's own events, links and the ledger's identity are not facts. */
  includes({ stream, type }: ServerEvent): boolean {
    return (
      stream.startsWith(this.prefix) &&
      !stream.startsWith('$') &&
      !type.startsWith('$') &&
      stream !== this.identityStream
    );
  }

  /**
   * What somebody else wrote into our streams comes as it is: no program knows its type, so every follower stops there
   * and says so, instead of passing over it.
   */
  recorded(event: ServerEvent, epoch: string): RecordedEvent {
    return {
      id: event.id,
      type: event.type,
      data: isObject(event.data) ? event.data : {},
      metadata: (isObject(event.metadata)
        ? event.metadata
        : { recordedAt: event.created.toISOString() }) as unknown as FactMetadata,
      stream: event.stream.slice(this.prefix.length),
      revision: event.revision,
      position: printPosition(epoch, event.position),
    };
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

export const passes = (fact: RecordedEvent, filter: EventFilter | undefined): boolean =>
  filter === undefined ||
  ('types' in filter
    ? filter.types.includes(fact.type)
    : filter.streamPrefixes.some((prefix) => fact.stream.startsWith(prefix)));
