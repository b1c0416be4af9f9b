import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { JsonObject } from '#fact/json';
import type { FactMetadata } from '#fact/fact';
import { digestOf } from '#ledger/stream/digest';
import type { NewEvent } from '#ledger/stream/port';
import { seal } from '#privacy/envelope';
import type { NewKeyRow } from '#privacy/key-table';
import type { MasterKey } from '#privacy/master-key';

/** Facts as the service writes them: a message of some sixty characters, sealed, with all its metadata; 0.9 KB. */

export interface Written {
  readonly stream: string;
  readonly event: NewEvent;
}

/** A complaint's first facts, with the data key that opens them. */
export interface Conversation {
  readonly stream: string;
  readonly events: readonly [NewEvent, ...NewEvent[]];
  readonly key: NewKeyRow;
}

/** How a text becomes an envelope: truly sealed where somebody will open it, else of the same form and length. */
type Seal = (text: string, place: { stream: string; revision: number; type: string; pointer: string }) => JsonObject;

const sealedLike: Seal = (text) => ({
  $enc: 1,
  key: randomUUID(),
  iv: randomBytes(12).toString('base64url'),
  ct: randomBytes(text.length + 16).toString('base64url'),
});

const WORDS = 'The courier came a day late for the third time, and nobody called.';

const metadataOf = (previousDigest: string | null): Omit<FactMetadata, 'digest'> => {
  const at = new Date().toISOString();
  return {
    schemaVersion: 1,
    commandId: randomUUID(),
    requestDigest: `hmac-sha256:${randomBytes(32).toString('hex')}`,
    actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
    correlationId: randomUUID(),
    recordedAt: at,
    effectiveAt: at,
    policyVersion: 0,
    previousDigest,
  };
};

const fact = (stream: string, revision: number, type: string, data: JsonObject, previous: string | null): NewEvent => {
  const id = uuidv7();
  const metadata = metadataOf(previous);
  const digest = digestOf({ stream, revision: BigInt(revision), id, type, data, metadata });
  return { id, type, data, metadata: { ...metadata, digest } };
};

const message = (stream: string, revision: number, previous: string | null, sealed: Seal): NewEvent => {
  const type = 'MessageRecorded';
  const text = sealed(WORDS, { stream, revision, type, pointer: '/text' });
  return fact(stream, revision, type, { message: randomUUID(), direction: 'in', channel: 'email', text }, previous);
};

const receipt = (stream: string, customer: string, sealed: Seal): NewEvent => {
  const place = { stream, revision: 0, type: 'ComplaintReceived' };
  const at = new Date();
  return fact(
    stream,
    0,
    place.type,
    {
      reference: referenceLike(stream),
      channel: 'phone',
      words: sealed(WORDS, { ...place, pointer: '/words' }),
      desiredOutcomes: ['explanation'],
      confidentiality: 'open',
      customer: { id: customer, reference: sealed('C-104242', { ...place, pointer: '/customer/reference' }) },
      issues: [
        {
          id: randomUUID(),
          category: 'delivery-late',
          severity: 'minor',
          presumed: 'minor',
          process: { department: 'logistics', process: 'delivery' },
        },
      ],
      dues: [
        {
          clock: 'first-response',
          from: at.toISOString(),
          due: new Date(at.getTime() + 86_400_000).toISOString(),
          workingDays: 1,
          calendar: 'office',
          calendarVersion: 0,
        },
      ],
    },
    null,
  );
};

/** One fact for a stream that does not exist yet. */
export const alone = (): Written => {
  const stream = `complaint-${randomUUID()}`;
  return { stream, event: message(stream, 0, null, sealedLike) };
};

/** A whole stream: the receipt, who handles it, the thanks, and messages; chained, and sealed with a key of its own. */
export const conversation = (length: number, master: MasterKey): Conversation => {
  const stream = `complaint-${randomUUID()}`;
  const [kid, subject, key] = [randomUUID(), randomUUID(), randomBytes(32)];
  const sealed: Seal = (text, place) => seal(text, kid, key, place) as unknown as JsonObject;
  const events: [NewEvent, ...NewEvent[]] = [receipt(stream, subject, sealed)];
  const previous = (): string => events.at(-1)!.metadata.digest;
  if (length > 1) events.push(fact(stream, 1, 'HandlerAssigned', { handler: 'anna' }, previous()));
  if (length > 2) {
    const why = sealed(WORDS, { stream, revision: 2, type: 'CustomerThanked', pointer: '/why' });
    events.push(fact(stream, 2, 'CustomerThanked', { why }, previous()));
  }
  while (events.length < length) events.push(message(stream, events.length, previous(), sealed));
  return { stream, events, key: { kid, subject, stream, wrapped: master.wrap(key, `data-key:${kid}`) } };
};

/** Of the right form; nobody looks it up here. */
const referenceLike = (stream: string): string =>
  [...createHash('sha256').update(stream).digest().subarray(0, 7)]
    .map((byte) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[byte % 32])
    .join('');
