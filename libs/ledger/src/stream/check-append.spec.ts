import { sampleFact } from '#test/support/facts';
import type { JsonObject } from '#fact/json';
import { APPEND_LIMIT_BYTES, checkAppend } from './check-append.ts';
import { AppendRejected, type NewEvent } from './port.ts';

const holding = (value: unknown): NewEvent => ({ ...sampleFact(), data: { value } as unknown as JsonObject });
const reasonOf = (facts: readonly NewEvent[]): string | undefined => {
  try {
    checkAppend(facts);
    return undefined;
  } catch (error) {
    return error instanceof AppendRejected ? error.reason : `${String(error)}`;
  }
};

describe('what every adapter checks before it sends', () => {
  it('gives the texts that are sent', () => {
    const fact = sampleFact({ data: { b: 1, a: [{}] } });
    expect(checkAppend([fact])).toEqual([
      { id: fact.id, type: fact.type, data: '{"b":1,"a":[{}]}', metadata: JSON.stringify(fact.metadata) },
    ]);
  });

  it('measures bytes, not characters, of all facts together', () => {
    const room =
      APPEND_LIMIT_BYTES -
      Buffer.byteLength(JSON.stringify(sampleFact().metadata)) -
      Buffer.byteLength('NoteTaken') -
      Buffer.byteLength('{"value":""}');
    expect(reasonOf([holding('x'.repeat(room))])).toBeUndefined();
    expect(reasonOf([holding('x'.repeat(room + 1))])).toBe('too-large');
    expect(reasonOf([holding('ü'.repeat(room / 2 + 1))])).toBe('too-large');
    expect(reasonOf([holding('x'.repeat(room)), sampleFact()])).toBe('too-large');
  });

  it.each([
    ['toJSON', { toJSON: () => 'other' }],
    ['an instance of a class', new (class Note {})()],
    ['a boxed number', Object(1) as unknown],
    ['a hole', [, 1]],
    ['a member that is undefined', { a: undefined }],
  ])('refuses %s: it would not read back as the same value', (_case, value) =>
    expect(reasonOf([holding(value)])).toBe('not-serialisable'),
  );

  it('refuses what is nested without end before the stack ends', () => {
    const cycle: Record<string, unknown> = {};
    cycle['again'] = [cycle];
    expect(reasonOf([holding(cycle)])).toBe('not-serialisable');
  });

  it('looks at the metadata as closely as at the data', () => {
    const fact = sampleFact();
    expect(reasonOf([{ ...fact, metadata: { ...fact.metadata, traceparent: 'a\u0000' } }])).toBe('not-serialisable');
    expect(reasonOf([{ ...fact, metadata: { ...fact.metadata, policyVersion: Number.NaN } }])).toBe('not-serialisable');
  });

  it('takes an emoji, whose two halves are no lone surrogates', () =>
    expect(reasonOf([holding('🦊')])).toBeUndefined());
});
