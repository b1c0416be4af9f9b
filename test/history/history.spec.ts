import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { publicMessageOf } from '#contract/public-message';
import type { EventDescription } from '#fact/define-event';
import type { SealedText } from '#fact/personal';
import { Codec } from '#ledger/stream/codec';
import { digestOf } from '#ledger/stream/digest';
import { nouns } from '#nouns/nouns';
import { unseal } from '#privacy/envelope';
import { recordSample, SAMPLE_KEY, SAMPLE_WORDS, type StoredFact } from './sample.ts';

/**
 * A sample of every shape that facts were ever stored and published in. They are never changed: a version that cannot
 * read one of them has broken history. `RECORD_HISTORY=1` adds the samples that are missing, and touches no other.
 */
interface Sample {
  readonly stored: StoredFact;
  /** As it was published; null: it never is. */
  readonly published: unknown;
}

const definitions: readonly EventDescription[] = nouns.flatMap((kind) => [...kind.events]);
const fileOf = (noun: string, type: string, version: number): string => `test/history/${noun}/${type}.v${version}.json`;
const recordedOf = ({ stored }: Sample) => ({ ...stored, revision: BigInt(stored.revision) });
const publishedNow = (sample: Sample) => publicMessageOf(recordedOf(sample), 'example') ?? null;

if (process.env.RECORD_HISTORY)
  for (const definition of definitions) {
    const file = fileOf(definition.noun, definition.type, definition.version);
    if (existsSync(file)) continue;
    mkdirSync(`test/history/${definition.noun}`, { recursive: true });
    const stored = recordSample(definition);
    writeFileSync(
      file,
      `${JSON.stringify({ stored, published: publishedNow({ stored, published: null }) }, null, 2)}\n`,
    );
  }

const samples = nouns.flatMap(({ noun }) =>
  (existsSync(`test/history/${noun}`) ? readdirSync(`test/history/${noun}`) : []).map((name) => ({
    name: `${noun}/${name}`,
    sample: JSON.parse(readFileSync(`test/history/${noun}/${name}`, 'utf8')) as Sample,
  })),
);

describe('history', () => {
  it.each(
    definitions.flatMap(({ noun, type, version }) =>
      Array.from({ length: version }, (_, index) => fileOf(noun, type, index + 1)),
    ),
  )('has a sample: %s', (file) => expect(existsSync(file)).toBe(true));

  describe.each(samples)('$name', ({ sample }) => {
    const kind = nouns.find(({ events }) => events.some(({ type }: EventDescription) => type === sample.stored.type))!;
    const codec = new Codec(kind.events);

    it('has the digest that it was stored with', () => {
      const { metadata } = sample.stored;
      expect(digestOf(recordedOf(sample))).toBe(metadata.digest);
      expect(digestOf({ ...recordedOf(sample), type: 'Other' })).not.toBe(metadata.digest);
    });

    it('is read as a fact of today, and its words open', () => {
      const fact = codec.decode(recordedOf(sample));
      const opened = JSON.parse(JSON.stringify(fact.data), (_key, value: unknown) => {
        const sealed = value as SealedText | null;
        return sealed !== null && typeof sealed === 'object' && sealed.$enc === 1
          ? { $plain: unseal(sealed, SAMPLE_KEY, sealed) }
          : value;
      }) as Record<string, unknown>;
      const words = JSON.stringify(opened).match(/"\$plain":"((?:[^"\\]|\\.)*)"/g) ?? [];
      for (const text of words) expect(JSON.parse(`{${text}}`)).toEqual({ $plain: SAMPLE_WORDS });
      // Encoding checks the data against today's schema.
      expect(() =>
        codec.encode({ type: fact.type, data: opened }, () => ({ $enc: 1, key: '', iv: '', ct: '' })),
      ).not.toThrow();
      expect(() =>
        codec.encode({ type: fact.type, data: { ...opened, unheard: 1 } }, () => ({
          $enc: 1,
          key: '',
          iv: '',
          ct: '',
        })),
      ).toThrow();
    });

    it('is published as it always was', () => expect(publishedNow(sample)).toEqual(sample.published));
  });
});
