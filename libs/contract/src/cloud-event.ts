import type { Fact } from '#fact/fact';
import type { JsonObject } from '#fact/json';
import { isUuid } from '#fact/uuid';
import { schemaUrn, sourceOf } from './names.ts';

/**
 * A CloudEvent 1.0 in its JSON form; extension values are strings.
 * NOTE: published for ever, in the feed as it stands here and on Kafka attribute by attribute (docs/formats.md, Published).
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** The fact's id. A repeat has the same. */
  readonly id: string;
  /** `/redress/<organisation>` */
  readonly source: string;
  readonly type: string;
  /** The noun's bare id. */
  readonly subject: string;
  /** When it took effect. */
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly dataschema: string;
  readonly partitionkey: string;
  /** The fact's revision, 10 digits: no gaps within source and subject. */
  readonly sequence: string;
  /** Where it stands in the ledger: `<epoch>.<20 digits>`. */
  readonly position: string;
  readonly recordedtime: string;
  readonly correlationid?: string;
  /** The fact that caused it. */
  readonly causationid?: string;
  /** W3C trace context, when the request had one. */
  readonly traceparent?: string;
  readonly data: JsonObject;
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

export const cloudEvent = (
  organisation: string,
  subject: string,
  type: string,
  fact: Fact,
  data: JsonObject,
): CloudEvent => ({
  specversion: '1.0',
  id: fact.id,
  source: sourceOf(organisation),
  type,
  subject,
  time: fact.effectiveAt,
  datacontenttype: 'application/json',
  dataschema: schemaUrn(type),
  partitionkey: subject,
  sequence: String(fact.revision).padStart(10, '0'),
  position: fact.position,
  recordedtime: fact.recordedAt,
  // The doors let only these forms in; what else got in by another way could be a text, and no text is published.
  ...(isUuid(fact.correlationId) && { correlationid: fact.correlationId }),
  ...(fact.causationId !== undefined && isUuid(fact.causationId) && { causationid: fact.causationId }),
  ...(fact.traceparent !== undefined && TRACEPARENT.test(fact.traceparent) && { traceparent: fact.traceparent }),
  data,
});

/** A CloudEvent in the binary mode of the Kafka binding. */
export interface KafkaForm {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * NOTE: published for ever. Attributes are `ce_` headers, `datacontenttype` is `content-type`; the body is never empty,
 * because in a compacted topic an empty body means "deleted". `traceparent` stands twice: as the attribute, and bare,
 * where tracing libraries look for it.
 */
export const kafkaForm = (event: CloudEvent): KafkaForm => {
  const headers: Record<string, string> = { 'content-type': event.datacontenttype };
  // A loop, for every fact passes here.
  for (const name in event)
    if (name !== 'data' && name !== 'datacontenttype') headers[`ce_${name}`] = event[name as 'id'];
  if (event.traceparent !== undefined) headers['traceparent'] = event.traceparent;
  return { key: event.partitionkey, value: JSON.stringify(event.data), headers };
};
