import type { TSchema } from '@sinclair/typebox';
import type { FactMetadata } from '#fact/fact';
import type { EventDescription } from '#fact/define-event';
import type { Json, JsonObject } from '#fact/json';
import type { Envelope } from '#fact/personal';
import { subjectOf } from '#fact/vocabulary';
import { digestOf } from '#ledger/stream/digest';
import { printPosition } from '#ledger/stream/position';
import type { Position } from '#ledger/stream/port';
import { nouns } from '#nouns/nouns';
import { streamOfKind } from '#nouns/stream-names';
import { seal } from '#privacy/envelope';
import { defaultPolicy } from '#policy/default-policy';

/** The data key that all samples are sealed with. It protects nothing: it is here so that the samples can be opened. */
export const SAMPLE_KEY = Buffer.alloc(32, 7);
export const SAMPLE_KID = '0d0e0f00-0000-4000-8000-000000000007';

/** What every personal field of a sample says. */
export const SAMPLE_WORDS = 'Слова, words, 言葉 — “as said”\n';

/** A stored fact as it lies in a ledger, its revision as a decimal string. */
export interface StoredFact {
  readonly id: string;
  readonly stream: string;
  readonly revision: string;
  readonly position: Position;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: FactMetadata;
}

/** A fact of the present shape with every member that its schema has, made once for test/history. */
export const recordSample = (definition: EventDescription): StoredFact => {
  const kind = nouns.find(({ noun }) => noun === definition.noun)!;
  const stream = streamOfKind(kind, '11111111-1111-4111-8111-111111111111');
  const type = definition.type;
  const data =
    definition.type === 'PolicyAdopted'
      ? { policy: defaultPolicy, source: 'defaults' }
      : valueOf(definition.data, '', (pointer) =>
          seal(SAMPLE_WORDS, SAMPLE_KID, SAMPLE_KEY, { stream, revision: 3, type, pointer }),
        );
  const metadata: Omit<FactMetadata, 'digest'> = {
    schemaVersion: definition.version,
    commandId: '44444444-4444-4444-8444-444444444444',
    requestDigest: `hmac-sha256:${'5'.repeat(64)}`,
    actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
    correlationId: '66666666-6666-4666-8666-666666666666',
    causationId: '77777777-7777-4777-8777-777777777777',
    recordedAt: '2026-03-02T09:00:00.123Z',
    effectiveAt: '2026-03-01T08:00:00.000Z',
    policyVersion: 2,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    previousDigest: `sha256:${'8'.repeat(64)}`,
  };
  const fact = { id: '01954321-89ab-7def-8123-456789abcdef', stream, type, data: data as JsonObject, metadata };
  return {
    ...fact,
    revision: '3',
    position: printPosition('history', 42n),
    metadata: { ...metadata, digest: digestOf({ ...fact, revision: 3n }) },
  };
};

const valueOf = (schema: TSchema, pointer: string, sealed: (pointer: string) => Envelope): Json => {
  if (subjectOf(schema)) return sealed(pointer) as unknown as Json;
  if (Array.isArray(schema['enum'])) return (schema['enum'] as Json[])[0]!;
  switch (schema['type']) {
    case 'object':
      return Object.fromEntries(
        Object.entries((schema['properties'] ?? {}) as Record<string, TSchema>).map(([name, member]) => [
          name,
          valueOf(member, `${pointer}/${name}`, sealed),
        ]),
      );
    case 'array':
      return [valueOf(schema['items'] as TSchema, `${pointer}/0`, sealed)];
    case 'boolean':
      return true;
    case 'integer':
      return (schema['minimum'] as number | undefined) ?? 0;
    case 'string':
      return textOf(schema);
    default:
      throw new Error(`no sample for ${JSON.stringify(schema)}`);
  }
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: '99999999-9999-4999-8999-999999999999',
  'date-time': '2026-03-03T10:11:12.345Z',
  date: '2026-03-03',
};
const TEXTS = ['delivery-late', 'EUR', 'P1DT2H', 'R7K4M29', 'ApologyGiven', 'en'];

const textOf = (schema: TSchema): string => {
  const format = schema['format'] as string | undefined;
  const pattern = new RegExp(String(schema['pattern'] ?? ''));
  const text = (format && FORMATS[format]) ?? TEXTS.find((candidate) => pattern.test(candidate));
  if (text === undefined) throw new Error(`no sample for ${JSON.stringify(schema)}`);
  return text;
};
