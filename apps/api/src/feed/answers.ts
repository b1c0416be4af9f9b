import type { ApiResponseOptions } from '@nestjs/swagger';

/** Answers of the feed, for the OpenAPI document. Objects are open: consumers ignore what they don't know. */

const text = { type: 'string' };
const position = { type: 'string', pattern: '^[0-9a-z]{1,40}\\.\\d{20}$' };
const sequence = { type: 'string', pattern: '^\\d{10}$' };

const CLOUD_EVENT = {
  type: 'object',
  required: [
    'specversion',
    'id',
    'source',
    'type',
    'subject',
    'time',
    'datacontenttype',
    'dataschema',
    'partitionkey',
    'sequence',
    'position',
    'recordedtime',
    'data',
  ],
  properties: {
    specversion: { type: 'string', const: '1.0' },
    id: { type: 'string', format: 'uuid' },
    source: text,
    type: text,
    subject: { type: 'string', format: 'uuid' },
    time: { type: 'string', format: 'date-time' },
    datacontenttype: text,
    dataschema: text,
    partitionkey: text,
    sequence,
    position,
    recordedtime: { type: 'string', format: 'date-time' },
    correlationid: text,
    causationid: text,
    traceparent: text,
    data: { type: 'object' },
  },
};

const EVENTS = { type: 'array', items: CLOUD_EVENT };

export const FEED_ANSWER = {
  status: 200,
  description: 'Events, and how far was read. `items` is empty only at the head.',
  headers: { Link: { description: 'The next page.', schema: text } },
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['items', 'position', 'atHead'],
        properties: { items: EVENTS, position: { ...position, nullable: true }, atHead: { type: 'boolean' } },
      },
    },
    'application/cloudevents-batch+json': { schema: EVENTS },
    'text/event-stream': { schema: text },
  },
} as ApiResponseOptions;

export const POSITION_ANSWER = {
  status: 200,
  description: 'The newest position; null while the ledger is empty.',
  schema: {
    type: 'object',
    required: ['epoch', 'position'],
    properties: { epoch: text, position: { ...position, nullable: true } },
  },
} as ApiResponseOptions;

const RUNS = {
  type: 'array',
  items: { type: 'object', required: ['from', 'to'], properties: { from: sequence, to: sequence } },
};

export const GAPS_ANSWER = {
  status: 200,
  description: 'What is missing. `latest` is null when this ledger has no such subject.',
  schema: {
    type: 'object',
    required: ['noun', 'subject', 'latest', 'missing', 'beyond'],
    properties: { noun: text, subject: text, latest: { ...sequence, nullable: true }, missing: RUNS, beyond: RUNS },
  },
} as ApiResponseOptions;
