import { asyncApi } from './asyncapi.ts';
import { kafkaForm, type CloudEvent } from './cloud-event.ts';
import { publicTypes } from './contracts.ts';
import { TOPICS_OUT } from './names.ts';

interface Document {
  readonly channels: Record<string, { messages: object }>;
  readonly components: {
    messages: object;
    messageTraits: {
      cloudEvent: { headers: { required: string[]; properties: Record<string, { pattern?: string; const?: string }> } };
    };
  };
}
const document = asyncApi() as unknown as Document;

const references = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, member]) => (key === '$ref' ? [member as string] : references(member)));

const resolved = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);

describe('the AsyncAPI document', () => {
  it('points nowhere in vain', () => {
    expect(references(document).length).toBeGreaterThan(100);
    expect(references(document).filter((reference) => resolved(reference) === undefined)).toEqual([]);
  });

  it('has every topic and, on its topic, every type', () => {
    expect(Object.keys(document.channels)).toEqual(TOPICS_OUT);
    for (const { type, topic } of publicTypes) expect(Object.keys(document.channels[topic]!.messages)).toContain(type);
    expect(Object.keys(document.components.messages)).toEqual(publicTypes.map(({ type }) => type));
  });

  it('describes the headers that are sent, and no other', () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const full: CloudEvent = {
      specversion: '1.0',
      id,
      source: '/redress/acme',
      type: 'redress.complaint.recorded.v1',
      subject: id,
      time: '2026-03-01T09:00:00.000Z',
      datacontenttype: 'application/json',
      dataschema: 'urn:redress:schema:redress.complaint.recorded.v1',
      partitionkey: id,
      sequence: '0000000000',
      position: 'k3f.00000000000000000042',
      recordedtime: '2026-03-01T09:00:00.000Z',
      correlationid: id,
      causationid: id,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      data: {},
    };
    const { correlationid: _c, causationid: _a, traceparent: _t, ...least } = full;
    const { headers } = document.components.messageTraits.cloudEvent;
    expect(Object.keys(headers.properties).sort()).toEqual(Object.keys(kafkaForm(full).headers).sort());
    expect([...headers.required].sort()).toEqual(Object.keys(kafkaForm(least).headers).sort());
    for (const [name, value] of Object.entries(kafkaForm(full).headers)) {
      const { pattern, const: fixed } = headers.properties[name]!;
      if (pattern) expect(value).toMatch(new RegExp(pattern));
      if (fixed) expect(value).toBe(fixed);
    }
  });

  it('names no machine', () =>
    expect(JSON.stringify(document)).not.toMatch(/localhost|127\.0\.0\.1|https?:\/\/(?!json-schema\.org)/));
});
