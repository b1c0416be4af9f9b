import { digestOf } from '../stream/digest.ts';
import type { Position, RecordedEvent } from '../stream/port.ts';
import { Chain } from './chain.ts';

const factOf = (stream: string, revision: bigint, previousDigest: string | null): RecordedEvent => {
  const base = {
    stream,
    revision,
    id: `019b0000-0000-7000-8000-00000000000${revision}`,
    type: 'NoteTaken',
    data: { note: 'sample' },
  };
  const metadata = {
    schemaVersion: 1,
    commandId: '00000000-0000-4000-8000-000000000000',
    requestDigest: 'hmac-sha256:0',
    actor: { id: 'anna', role: 'handler', assurance: 'claimed' } as const,
    correlationId: '00000000-0000-4000-8000-000000000001',
    recordedAt: '2026-03-01T09:00:00.000Z',
    effectiveAt: '2026-03-01T08:59:00.000Z',
    policyVersion: 0,
    previousDigest,
  };
  return { ...base, metadata: { ...metadata, digest: digestOf({ ...base, metadata }) }, position: 'e.0' as Position };
};

describe('the sums of a ledger', () => {
  const first = factOf('complaint-a', 0n, null);
  const second = factOf('complaint-a', 1n, first.metadata.digest);
  const other = factOf('complaint-b', 0n, null);
  const sumOf = (...facts: RecordedEvent[]) => {
    const chain = new Chain();
    for (const fact of facts) chain.take(fact);
    return chain.sum();
  };

  it('are stored in backups, so they are for ever', () => {
    expect(sumOf(first, other, second)).toEqual({
      facts: 3,
      streams: 2,
      order: 'sha256:74b66a1169ce1ef71012e2741fba9341ed313aa0bfb71bd4bb5d7663f3c10968',
      heads: 'sha256:f76537044ef47d21ef5a9d43103b8cbf56372a2d3a5868219e16717700ad4e87',
    });
  });

  it('tell another order of the same facts, where the heads are the same', () => {
    const [one, two] = [sumOf(first, other, second), sumOf(other, first, second)];
    expect(one.heads).toBe(two.heads);
    expect(one.order).not.toBe(two.order);
  });
});
