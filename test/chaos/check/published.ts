import { isDeepStrictEqual } from 'node:util';
import type { ReadMessage } from '../../support/kafka.ts';
import { byStream, grouped, idIn, nounOf, type Evidence, type LedgerFact, type Violation } from './evidence.ts';

/** Where each noun is promised to be published (docs/api.md, Kafka). */
const TOPICS: Readonly<Record<string, string>> = {
  complaint: 'redress.complaints.v1',
  'follow-up': 'redress.follow-ups.v1',
  recurrence: 'redress.improvements.v1',
};
export const PUBLISHED_TOPICS = [...new Set(Object.values(TOPICS))];

/**
 * What consumers were promised: every public fact, in order per key by first arrivals, without a gap, at least once, and
 * nothing that the ledger does not hold. A late repeat is allowed, as long as it says the same.
 */
export const checkPublished = ({ facts, messages, source }: Evidence): Violation[] => {
  if (messages === undefined) return [];
  const ours = messages.filter(({ headers }) => headers['ce_source'] === source);
  const byKey = grouped(ours, ({ topic, key }) => `${topic} ${key}`);
  const streams = [...byStream(facts)].filter(([stream]) => nounOf(stream) in TOPICS);
  const known = new Set(streams.map(([stream]) => placeOf(stream)));
  return [
    ...streams.flatMap(([stream, own]) => streamIn(stream, own, byKey.get(placeOf(stream)) ?? [])),
    ...[...byKey.keys()]
      .filter((place) => !known.has(place))
      .map((place) => ({ rule: 'nothing is published that the ledger does not hold', found: place })),
  ];
};

const placeOf = (stream: string): string => `${TOPICS[nounOf(stream)]!} ${idIn(stream)}`;

const streamIn = (stream: string, facts: readonly LedgerFact[], messages: readonly ReadMessage[]): Violation[] => {
  const violations: Violation[] = [];
  const found = (rule: string, what: string): void => void violations.push({ rule, found: `${stream}: ${what}` });
  if (new Set(messages.map(({ partition }) => partition)).size > 1)
    found('a key stays in its partition', [...new Set(messages.map(({ partition }) => partition))].join());
  const first = new Map<string, ReadMessage>();
  for (const message of messages) {
    const id = message.headers['ce_id'] ?? '';
    const before = first.get(id);
    if (!before) first.set(id, message);
    else if (!isDeepStrictEqual([before.headers, before.value], [message.headers, message.value]))
      found('a repeat says the same', `${id} at offsets ${before.offset} and ${message.offset}`);
  }
  [...first.values()].forEach((message, index) => {
    const { ce_sequence: sequence, ce_id: id } = message.headers;
    if (sequence !== String(index).padStart(10, '0'))
      found('first arrivals are in order, without a gap', `${id} is ${sequence} where ${index} was due`);
  });
  for (const fact of facts) {
    const message = first.get(fact.id);
    if (!message) found('every public fact is published', `${fact.id} (${fact.revision} ${fact.type}) is missing`);
    else if (!isDeepStrictEqual(meant(stream, fact), carried(message)))
      found('a message is its fact', `${JSON.stringify(meant(stream, fact))} and ${JSON.stringify(carried(message))}`);
  }
  const ids = new Set(facts.map(({ id }) => id));
  for (const id of first.keys()) if (!ids.has(id)) found('nothing is published that the ledger does not hold', id);
  return violations;
};

const meant = (stream: string, { revision, position, metadata }: LedgerFact) => ({
  subject: idIn(stream),
  sequence: String(revision).padStart(10, '0'),
  position,
  time: metadata.effectiveAt as string,
  recordedtime: metadata.recordedAt as string,
});

const carried = ({ headers }: ReadMessage) => ({
  subject: headers['ce_subject'],
  sequence: headers['ce_sequence'],
  position: headers['ce_position'],
  time: headers['ce_time'],
  recordedtime: headers['ce_recordedtime'],
});
