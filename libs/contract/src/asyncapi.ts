import type { Json, JsonObject } from '#fact/json';
import { publicTypes, type PublicType } from './contracts.ts';
import { jsonSchema } from './json-schemas.ts';
import { TOPICS_OUT, schemaUrn } from './names.ts';

/** The AsyncAPI 3 document: what consumers of the topics can rely on. It names no server, for it is the same everywhere. */
export const asyncApi = (): JsonObject => ({
  asyncapi: '3.0.0',
  info: {
    title: 'Redress: public facts',
    version: '1.0.0',
    description: PROMISE,
  },
  defaultContentType: 'application/json',
  channels: Object.fromEntries(TOPICS_OUT.map((topic) => [topic, channel(topic)])),
  operations: Object.fromEntries(
    TOPICS_OUT.map((topic) => [
      `publish.${topic}`,
      {
        action: 'send',
        channel: { $ref: `#/channels/${topic}` },
        summary: 'One message for each recorded fact.',
        messages: typesOf(topic).map(({ type }) => ({ $ref: `#/channels/${topic}/messages/${type}` })),
      },
    ]),
  ),
  components: {
    messages: Object.fromEntries(publicTypes.map((type) => [type.type, message(type)])),
    messageTraits: { cloudEvent: { headers: HEADERS, bindings: { kafka: { key: KEY, bindingVersion: '0.5.0' } } } },
  },
});

const PROMISE = [
  'CloudEvents 1.0 in the binary mode of the Kafka binding.',
  'At least once; in order per key, counting the first arrival of each ce_id.',
  'ce_sequence has no gaps within ce_source and ce_subject: drop a sequence at or below the last one of the same epoch',
  '(the part of ce_position before the dot); a new epoch with such a sequence means that the ledger was restored.',
  'Facts that are not for others are markers with an empty object, so that the sequence stays whole.',
  'No person and no free text: ids, codes, instants, durations, sums and numbers only.',
  'Schemas only gain optional fields; ignore what you do not know.',
].join(' ');

const KEY: JsonObject = { type: 'string', format: 'uuid', description: 'The same as ce_subject and ce_partitionkey' };

/** NOTE: cloud-event.ts writes them; test/contract compares. */
const HEADERS: JsonObject = {
  type: 'object',
  required: [
    'content-type',
    'ce_specversion',
    'ce_id',
    'ce_source',
    'ce_type',
    'ce_subject',
    'ce_time',
    'ce_dataschema',
    'ce_partitionkey',
    'ce_sequence',
    'ce_position',
    'ce_recordedtime',
  ],
  properties: {
    'content-type': { type: 'string', const: 'application/json' },
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: { type: 'string', format: 'uuid', description: 'The fact; a repeat has the same' },
    ce_source: { type: 'string', pattern: '^/redress/[a-z0-9]+(-[a-z0-9]+)*$', description: 'The organisation' },
    ce_type: { type: 'string' },
    ce_subject: { type: 'string', format: 'uuid', description: 'The complaint, call or recurrence' },
    ce_time: { type: 'string', format: 'date-time', description: 'When it took effect' },
    ce_dataschema: { type: 'string', format: 'uri' },
    ce_partitionkey: { type: 'string', format: 'uuid' },
    ce_sequence: { type: 'string', pattern: '^\\d{10}$', description: 'From 0000000000 on, without gaps' },
    ce_position: {
      type: 'string',
      pattern: '^[0-9a-z]{1,40}\\.\\d{20}$',
      description: 'Where it stands in the ledger: epoch, dot, number',
    },
    ce_recordedtime: { type: 'string', format: 'date-time', description: 'When it was recorded' },
    ce_correlationid: { type: 'string', format: 'uuid' },
    ce_causationid: { type: 'string', format: 'uuid', description: 'The fact that caused it, when one did' },
    ce_traceparent: { type: 'string', description: 'W3C trace context, when the request had one' },
    traceparent: { type: 'string', description: 'The same, where tracing libraries look for it' },
  },
};

const typesOf = (topic: string): readonly PublicType[] => publicTypes.filter((type) => type.topic === topic);

const channel = (topic: string): Json => ({
  address: topic,
  messages: Object.fromEntries(typesOf(topic).map(({ type }) => [type, { $ref: `#/components/messages/${type}` }])),
  bindings: {
    kafka: {
      topic,
      partitions: 12,
      topicConfiguration: { 'cleanup.policy': ['delete'], 'retention.ms': -1 },
      bindingVersion: '0.5.0',
    },
  },
});

const message = (type: PublicType): Json => ({
  name: type.type,
  title: type.means,
  contentType: 'application/json',
  traits: [{ $ref: '#/components/messageTraits/cloudEvent' }],
  payload: jsonSchema(type),
  'x-dataschema': schemaUrn(type.type),
});
