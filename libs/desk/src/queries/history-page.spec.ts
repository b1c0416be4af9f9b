import { randomUUID } from 'node:crypto';
import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import type { ReadStreamOptions, RecordedEvent } from '#ledger/stream/port';
import { sampleFact } from '#test/support/facts';
import { historyPage, type HistoryRange } from './history-page.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 9, minute)).toISOString();

/** A stream whose facts were recorded minute by minute, and what was read of it. */
const streamOfMinutes = async (minutes: readonly number[], words = '') => {
  const store = new InMemoryEventStore();
  const stream = `complaint-${randomUUID()}`;
  for (const [revision, minute] of minutes.entries()) {
    const event = sampleFact({
      stream,
      revision: BigInt(revision),
      type: 'ComplaintAcknowledged',
      data: { channel: `sms${words}`, dues: [] },
    });
    await store.append(stream, revision === 0 ? 'no_stream' : BigInt(revision - 1), [
      { ...event, metadata: { ...event.metadata, recordedAt: at(minute) } },
    ]);
  }
  const reads: RecordedEvent[][] = [];
  const counting = Object.assign(Object.create(store) as InMemoryEventStore, {
    async *readStream(name: string, options?: ReadStreamOptions) {
      const read: RecordedEvent[] = [];
      reads.push(read);
      for await (const event of store.readStream(name, options)) {
        read.push(event);
        yield event;
      }
    },
  });
  const page = async (range: HistoryRange = {}, limit = 1000, characters?: number) => {
    reads.length = 0;
    const found = await historyPage(counting, stream, range, limit, characters);
    return found && { ...found, facts: found.facts.map(({ revision }) => revision) };
  };
  return { page, reads };
};

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a page of a history', () => {
  it('is the whole of a short one, in one reading', async () => {
    const { page, reads } = await streamOfMinutes(upTo(5));
    expect(await page()).toEqual({ facts: [0, 1, 2, 3, 4], more: false, newest: 4 });
    expect(reads).toHaveLength(1);
  });

  it('reads what is on it and one fact more, however long the history is', async () => {
    const { page, reads } = await streamOfMinutes(upTo(300));
    expect(await page({ after: 199 }, 10)).toEqual({
      facts: [200, 201, 202, 203, 204, 205, 206, 207, 208, 209],
      more: true,
      newest: 299,
    });
    expect(reads.flat().length).toBe(12); // and the newest one, whose revision is the ETag
  });

  it('finds its place by an instant in a few looks', async () => {
    // Several facts may be recorded within a millisecond.
    const minutes = upTo(300).map((revision) => Math.floor(revision / 3));
    const { page, reads } = await streamOfMinutes(minutes);
    expect(await page({ from: at(40), to: at(42) })).toEqual({
      facts: [123, 124, 125, 126, 127, 128],
      more: false,
      newest: 299,
    });
    expect(reads.flat().length).toBeLessThan(32);
    expect(await page({ from: at(40), to: at(42) }, 4)).toMatchObject({ facts: [123, 124, 125, 126], more: true });
    expect(await page({ from: at(40), to: at(42), after: 126 }, 4)).toMatchObject({ facts: [127, 128], more: false });
  });

  it.each<[string, HistoryRange, number[]]>([
    ['after a revision', { from: 2 }, [3, 4]],
    ['up to a revision', { to: 2 }, [0, 1, 2]],
    ['between two', { from: 1, to: 3 }, [2, 3]],
    ['between an instant and a revision', { from: '2026-03-01T09:00:59.999Z', to: 3 }, [1, 2, 3]],
    ['by an instant between two facts', { to: '2026-03-01T09:02:30.000Z' }, [0, 1, 2]],
    ['by the instant of a fact', { to: at(2) }, [0, 1, 2]],
    ['before everything', { to: '2026-03-01T08:59:59.999Z' }, []],
    ['after everything', { from: at(4) }, []],
    ['beyond the end', { from: 17 }, []],
    ['up to beyond the end', { from: 3, to: 17 }, [4]],
    ['the wrong way round', { from: 3, to: 1 }, []],
  ])('holds what lies %s', async (_what, range, facts) => {
    const { page } = await streamOfMinutes(upTo(5));
    expect(await page(range)).toEqual({ facts, more: false, newest: 4 });
  });

  it('ends at its characters, with one fact at least', async () => {
    const { page } = await streamOfMinutes(upTo(4), '-long'.repeat(10));
    expect(await page({}, 1000, 10)).toEqual({ facts: [0], more: true, newest: 3 });
    expect(await page({}, 1000, 160)).toEqual({ facts: [0, 1], more: true, newest: 3 });
  });

  it('of a stream that is not there is none', async () => {
    const { page } = await streamOfMinutes([]);
    for (const range of [{}, { from: 3 }, { to: at(3) }, { from: at(1), to: 0 }])
      expect(await page(range)).toBeUndefined();
  });
});
