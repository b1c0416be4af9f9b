import { createHash } from 'node:crypto';
import { sampleFact } from '#test/support/facts';
import { digestOf } from './digest.ts';

const fact = { stream: 'complaint-1', revision: 4n, ...sampleFact({ data: { b: 1, a: ['x'] } }) };

describe("a fact's digest", () => {
  it('is SHA-256 over the canonical form, in this very shape', () => {
    const { digest: _digest, ...metadata } = fact.metadata;
    const members = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, member]) => [key, members(member)]),
          )
        : value;
    const form = JSON.stringify(
      members({ v: 1, stream: 'complaint-1', revision: '4', id: fact.id, type: fact.type, data: fact.data, metadata }),
    );
    expect(digestOf(fact)).toBe(`sha256:${createHash('sha256').update(form).digest('hex')}`);
  });

  it('leaves itself out, so that a stored fact can be verified as it is', () => {
    const { digest: _digest, ...metadata } = fact.metadata;
    expect(digestOf({ ...fact, metadata })).toBe(digestOf(fact));
  });

  it('does not depend on the order of members', () => {
    expect(digestOf({ ...fact, data: { a: ['x'], b: 1 } })).toBe(digestOf(fact));
  });

  it.each<[string, Partial<typeof fact>]>([
    ['stream', { stream: 'complaint-2' }],
    ['revision', { revision: 5n }],
    ['id', { id: '00000000-0000-7000-8000-000000000000' }],
    ['type', { type: 'Other' }],
    ['data', { data: { b: 1, a: ['y'] } }],
    ['order of a list', { data: { b: 1, a: ['x', 'x'] } }],
    ['recordedAt', { metadata: { ...fact.metadata, recordedAt: '2026-03-01T09:00:00.001Z' } }],
    ['actor', { metadata: { ...fact.metadata, actor: { ...fact.metadata.actor, assurance: 'authenticated' } } }],
    ['previous digest', { metadata: { ...fact.metadata, previousDigest: 'sha256:00' } }],
  ])('changes with the %s', (_what, change) => expect(digestOf({ ...fact, ...change })).not.toBe(digestOf(fact)));

  it('chains: a change in an early fact shows in every later digest', () => {
    const chain = (first: string): string[] => {
      let previousDigest: string | null = null;
      return [first, 'b', 'c'].map((note, revision) => {
        const link = {
          ...fact,
          revision: BigInt(revision),
          data: { note },
          metadata: { ...fact.metadata, previousDigest },
        };
        return (previousDigest = digestOf(link));
      });
    };
    const [told, retold] = [chain('a'), chain('A')];
    expect(told.some((digest, index) => digest === retold[index])).toBe(false);
    expect(chain('a')).toEqual(told);
  });
});
