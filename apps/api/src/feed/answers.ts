import type { ApiResponseOptions } from '@nestjs/swagger';
import { Type } from '@sinclair/typebox';
import type { AnswerOf } from '#desk/answer-schemas';
import type { JsonObject } from '#fact/json';

/** Answers of the feed. Objects are open: consumers ignore what they don't know. NOTE: published; members are only added. */

const text = { type: 'string' };
const position = { type: 'string', pattern: '^[0-9a-z]{1,40}\\.\\d{20}$' };
const sequence = { type: 'string', pattern: '^\\d{10}$' };
const Text = Type.Unsafe<string>(text);
const Position = Type.Unsafe<string>(position);
const Sequence = Type.Unsafe<string>(sequence);
const Id = Type.Unsafe<string>({ type: 'string', format: 'uuid' });
const Time = Type.Unsafe<string>({ type: 'string', format: 'date-time' });
const orNull = (schema: object) => Type.Unsafe<string | null>({ ...schema, nullable: true });

const CLOUD_EVENT = Type.Object({
  specversion: Type.Unsafe<'1.0'>({ type: 'string', const: '1.0' }),
  id: Id,
  source: Text,
  type: Text,
  subject: Id,
  time: Time,
  datacontenttype: Text,
  dataschema: Text,
  partitionkey: Text,
  sequence: Sequence,
  position: Position,
  recordedtime: Time,
  correlationid: Type.Optional(Text),
  causationid: Type.Optional(Text),
  traceparent: Type.Optional(Text),
  data: Type.Unsafe<JsonObject>({ type: 'object' }),
});
const EVENTS = Type.Array(CLOUD_EVENT);

export const FEED_PAGE = Type.Object({
  items: EVENTS,
  /** How far was read: what to give as `after` next. null: the ledger is empty. */
  position: orNull(position),
  /** There was nothing more just now. */
  atHead: Type.Boolean(),
});
export type FeedPage = AnswerOf<typeof FEED_PAGE>;

export const FEED_ANSWER = {
  status: 200,
  description: 'Events, and how far was read. `items` is empty only at the head.',
  headers: { Link: { description: 'The next page.', schema: text } },
  content: {
    'application/json': { schema: FEED_PAGE },
    'application/cloudevents-batch+json': { schema: EVENTS },
    'text/event-stream': { schema: text },
  },
} as ApiResponseOptions;

export const LATEST_POSITION = Type.Object({ epoch: Text, position: orNull(position) });

const RUNS = Type.Array(Type.Object({ from: Sequence, to: Sequence }));

export const GAPS = Type.Object({
  noun: Text,
  subject: Text,
  latest: orNull(sequence),
  missing: RUNS,
  beyond: RUNS,
});
