import { Type } from '@sinclair/typebox';
import { sampleFact } from '#test/support/facts';
import { defineEvent } from '#fact/define-event';
import type { JsonObject } from '#fact/json';
import { optionalPersonalText, personalText, type Envelope } from '#fact/personal';
import { Code, personal } from '#fact/vocabulary';
import { Codec, UnknownFact } from './codec.ts';
import type { Position, RecordedEvent } from './port.ts';

const noteTaken = defineEvent({
  type: 'NoteTaken',
  noun: 'complaint',
  means: 'Somebody wrote down what was said.',
  data: Type.Object({
    topic: Code,
    words: personal(),
    spokesman: Type.Optional(personal('representative')),
    'a/b~c': Type.Optional(Type.Array(Type.Object({ line: personal() }))),
  }),
});
/** Once `{ text }`, then `{ text, tags }`, now `{ words, topics }`. */
const rumourHeard = defineEvent({
  type: 'RumourHeard',
  noun: 'complaint',
  means: 'Somebody heard something.',
  version: 3,
  data: Type.Object({ words: personal(), topics: Type.Array(Code) }),
  past: [
    { version: 1, upcast: (data) => ({ ...data, tags: ['untagged'] }) },
    { version: 2, upcast: ({ text, tags, ...rest }) => ({ ...rest, words: text!, topics: tags! }) },
  ],
});

const codec = new Codec([noteTaken, rumourHeard]);
const seal = (text: string, subject: string, pointer: string): Envelope => ({
  $enc: 1,
  key: subject,
  iv: pointer,
  ct: Buffer.from(text).toString('base64url'),
});
const recordedEvent = (type: string, data: JsonObject, schemaVersion = 1): RecordedEvent => {
  const fact = sampleFact({ type, data });
  return {
    ...fact,
    metadata: { ...fact.metadata, schemaVersion },
    stream: 'complaint-1',
    revision: 7n,
    position: 'e.1' as Position,
  };
};

describe('the codec', () => {
  it('seals personal texts, each with its subject and its place, and leaves the rest alone', () => {
    const event = noteTaken({
      topic: 'billing',
      words: personalText('too dear'),
      spokesman: personalText('my aunt'),
      'a/b~c': [{ line: personalText('one') }, { line: personalText('two') }],
    });
    expect([...codec.subjectsIn(event)].sort()).toEqual(['complainant', 'representative']);
    expect(codec.encode(event, seal)).toEqual({
      topic: 'billing',
      words: { $enc: 1, key: 'complainant', iv: '/words', ct: expect.any(String) },
      spokesman: { $enc: 1, key: 'representative', iv: '/spokesman', ct: expect.any(String) },
      'a/b~c': [
        { line: { $enc: 1, key: 'complainant', iv: '/a~1b~0c/0/line', ct: expect.any(String) } },
        { line: { $enc: 1, key: 'complainant', iv: '/a~1b~0c/1/line', ct: expect.any(String) } },
      ],
    });
  });

  it('gives back what it stored, personal texts still sealed and knowing where they were sealed', () => {
    const data = codec.encode(
      noteTaken({ topic: 'billing', words: personalText('too dear'), spokesman: optionalPersonalText(undefined) }),
      seal,
    );
    expect(data).not.toHaveProperty('spokesman');
    const event = recordedEvent('NoteTaken', data);
    const { digest, previousDigest, commandId } = event.metadata;
    expect(codec.decode(event)).toMatchObject({
      type: 'NoteTaken',
      id: event.id,
      stream: 'complaint-1',
      revision: 7,
      position: 'e.1',
      digest,
      previousDigest,
      commandId,
      data: {
        topic: 'billing',
        words: {
          ...(data['words'] as JsonObject),
          stream: 'complaint-1',
          revision: 7,
          type: 'NoteTaken',
          pointer: '/words',
        },
      },
    });
  });

  it("brings both past shapes up to today's, and a personal text keeps the place it was sealed for", () => {
    const text = seal('psst', 'complainant', '/text') as unknown as JsonObject;
    const today = { words: { ...text, stream: 'complaint-1', revision: 7, type: 'RumourHeard', pointer: '/text' } };
    expect(codec.decode(recordedEvent('RumourHeard', { text }, 1)).data).toEqual({ ...today, topics: ['untagged'] });
    expect(codec.decode(recordedEvent('RumourHeard', { text, tags: ['a', 'b'] }, 2)).data).toEqual({
      ...today,
      topics: ['a', 'b'],
    });
    const words = seal('psst', 'complainant', '/words') as unknown as JsonObject;
    const now = codec.decode(recordedEvent('RumourHeard', { words, topics: [] }, 3));
    expect(now.data).toEqual({
      words: { ...words, stream: 'complaint-1', revision: 7, type: 'RumourHeard', pointer: '/words' },
      topics: [],
    });
    expect(now.schemaVersion).toBe(3);
  });

  it("writes today's version", () =>
    expect([codec.versionOf('NoteTaken'), codec.versionOf('RumourHeard')]).toEqual([1, 3]));

  it('does not guess at a newer shape or an unknown type', () => {
    expect(() => codec.decode(recordedEvent('RumourHeard', { words: 'x' }, 4))).toThrow(UnknownFact);
    expect(() => codec.decode(recordedEvent('LetterBurnt', {}))).toThrow(UnknownFact);
    expect([codec.knows('NoteTaken'), codec.knows('LetterBurnt')]).toEqual([true, false]);
  });

  it.each<[string, unknown]>([
    ['a code that is none', { topic: 'Not A Code', words: personalText('x') }],
    ['a missing member', { topic: 'billing' }],
    ['a bare text where a personal one belongs', { topic: 'billing', words: 'too dear' }],
    [
      'a member that the definition does not name',
      { topic: 'billing', words: personalText('x'), remark: 'in the clear' },
    ],
    [
      'a personal text where the definition has none',
      { topic: 'billing', words: personalText('x'), remark: personalText('in the clear') },
    ],
  ])('refuses to store %s', (_case, data) => expect(() => codec.encode({ type: 'NoteTaken', data }, seal)).toThrow());

  it('refuses to store a text that was sealed for another fact: its place would not open it', () => {
    const old = codec.decode(
      recordedEvent('NoteTaken', codec.encode(noteTaken({ topic: 'a', words: personalText('x') }), seal)),
    );
    expect(() => codec.encode({ type: 'NoteTaken', data: old.data }, seal)).toThrow('sealed for another fact');
  });

  it('is not made of a definition whose past has a hole', () => {
    const upcast = (data: JsonObject): JsonObject => data;
    for (const past of [
      [],
      [{ version: 2, upcast }],
      [
        { version: 2, upcast },
        { version: 1, upcast },
      ],
    ])
      expect(() => new Codec([{ ...noteTaken, type: 'NoteTaken', version: 3, past }])).toThrow(
        'not every version below',
      );
  });
});
