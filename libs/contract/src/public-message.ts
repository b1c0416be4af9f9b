import type { Fact } from '#fact/fact';
import type { JsonObject } from '#fact/json';
import { Codec, UnknownFact } from '#ledger/stream/codec';
import type { RecordedEvent } from '#ledger/stream/port';
import { nounOf } from '#nouns/stream-names';
import { cloudEvent, type CloudEvent } from './cloud-event.ts';
import { publishedNouns, type PublishedNoun } from './contracts.ts';
import { markerType, publicType } from './names.ts';
import type { PublicForm } from './public-form.ts';

/** What goes out for one fact. */
export interface PublicMessage {
  readonly topic: string;
  /** The noun's bare id: order holds per key. */
  readonly key: string;
  readonly event: CloudEvent;
}

const published = new Map<string, { topic: string; codec: Codec; forms: PublishedNoun['forms'] }>(
  publishedNouns.map(({ noun, topic, events, forms }) => [noun, { topic, codec: new Codec(events), forms }]),
);

/** The stream in which EventStoreDB keeps what the ledger says of itself. */
const LEDGER = 'ledger';

/**
 * The one message of a stored fact; undefined for what is not published at all (policy, customers, the ledger's
 * own stream). Pure: the same fact gives the same message for ever, so publisher and feed agree.
 * Throws UnknownFact for a type, shape or noun that this program does not know: it stops, it never guesses.
 */
export const publicMessageOf = (event: RecordedEvent, organisation: string): PublicMessage | undefined => {
  if (event.stream === LEDGER) return undefined;
  const stream = nounOf(event.stream);
  if (!stream) throw new UnknownFact(`streams like ${event.stream} are not known here`);
  const known = published.get(stream.noun);
  if (!known) return undefined;
  const fact = known.codec.decode(event);
  const { type, data } = publicFormOf(stream.noun, known.forms[event.type]!, fact);
  return { topic: known.topic, key: stream.id, event: cloudEvent(organisation, stream.id, type, fact, data) };
};

const publicFormOf = (
  noun: string,
  form: PublicForm<never> | 'private',
  fact: Fact,
): { type: string; data: JsonObject } =>
  form === 'private'
    ? { type: markerType(noun), data: {} }
    : { type: publicType(noun, fact.type), data: form.tell(fact.data as never) };
