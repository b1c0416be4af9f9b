import { OutcomeUnknown, StoreUnavailable, type AppendResult, type Position } from '../../stream/port.ts';
import { BatchFailed, GroupCommit, type Member, type MemberOutcome } from './group-commit.ts';

const LIMITS = { batchMembers: 3, batchBytes: 100, queueMembers: 10, queueBytes: 1_000 };
const member = (stream: string, bytes = 10): Member => ({ stream, body: stream, bytes });
const stored: AppendResult = { revision: 0n, position: 'e.1' as Position, deduplicated: false };

/** A statement that the spec answers when it likes. */
const desk = (limits = LIMITS) => {
  const batches: {
    streams: string[];
    answer: (outcomes?: readonly MemberOutcome[]) => void;
    fail: (error: Error) => void;
  }[] = [];
  const commits = new GroupCommit(
    (members) =>
      new Promise((resolve, reject) =>
        batches.push({
          streams: members.map((one) => one.body),
          answer: (outcomes) => resolve(outcomes ?? members.map(() => stored)),
          fail: reject,
        }),
      ),
    limits,
  );
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    batches,
    commits,
    turn,
    append: (name: string, bytes?: number, options = {}) => commits.append(member(name, bytes), options),
  };
};

describe('group commit', () => {
  it('sends one batch at a time, and gathers the next one meanwhile', async () => {
    const { batches, append, turn } = desk();
    const first = append('a');
    await turn();
    const others = ['b', 'c', 'd', 'e'].map((name) => append(name));
    await turn();
    expect(batches.map((batch) => batch.streams)).toEqual([['a']]);
    batches[0]!.answer();
    expect(await first).toBe(stored);
    await turn();
    batches[1]!.answer();
    await turn();
    batches[2]!.answer();
    await Promise.all(others);
    expect(batches.map((batch) => batch.streams)).toEqual([['a'], ['b', 'c', 'd'], ['e']]);
  });

  it('holds a batch below its bytes, but sends a single large append', async () => {
    const { batches, append, turn } = desk();
    const all = [append('a', 60), append('b', 60), append('c', 30), append('huge', 500)];
    for (let at = 0; at < 3; at++) {
      await turn();
      batches[at]!.answer();
    }
    await Promise.all(all);
    expect(batches.map((batch) => batch.streams)).toEqual([['a', 'c'], ['b'], ['huge']]);
  });

  it('keeps the appends to one stream apart and in their order', async () => {
    const { batches, append, turn } = desk();
    const settled: string[] = [];
    const all = ['a', 'a', 'b', 'a'].map((name, index) => append(name).then(() => settled.push(`${name}${index}`)));
    for (let at = 0; at < 3; at++) {
      await turn();
      batches[at]!.answer();
    }
    await Promise.all(all);
    expect(batches.map((batch) => batch.streams)).toEqual([['a', 'b'], ['a'], ['a']]);
    expect(settled.filter((name) => name.startsWith('a'))).toEqual(['a0', 'a1', 'a3']);
  });

  it('does not let a small append overtake a large one to its stream', async () => {
    const { batches, append, turn } = desk();
    const all = [append('x', 90), append('a', 60), append('a', 5)];
    for (let at = 0; at < 3; at++) {
      await turn();
      batches[at]!.answer();
    }
    await Promise.all(all);
    expect(batches.map((batch) => batch.streams)).toEqual([['x'], ['a'], ['a']]);
  });

  it('tells each member its own outcome', async () => {
    const { batches, append, turn } = desk();
    const [a, b] = [append('a'), append('b')];
    const refused = expect(b).rejects.toThrow('no');
    await turn();
    batches[0]!.answer([stored, new Error('no')]);
    expect(await a).toBe(stored);
    await refused;
  });

  it('tries the members singly when the statement failed as a whole', async () => {
    const { batches, append, turn } = desk();
    const [a, b, c] = [append('a'), append('b'), append('c')];
    const refused = expect(b).rejects.toThrow('guilty');
    await turn();
    batches[0]!.fail(new BatchFailed(new Error('somebody')));
    await turn();
    batches[1]!.answer();
    await turn();
    batches[2]!.fail(new BatchFailed(new Error('guilty')));
    await turn();
    batches[3]!.answer();
    await Promise.all([a, c, refused]);
    expect(batches.map((batch) => batch.streams)).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  });

  it('does not send again by itself when the outcome is unknown', async () => {
    const { batches, append, turn } = desk();
    const all = Promise.allSettled([append('a'), append('b')]);
    await turn();
    batches[0]!.fail(new OutcomeUnknown('lost'));
    expect(await all).toMatchObject([
      { reason: { constructor: OutcomeUnknown } },
      { reason: { constructor: OutcomeUnknown } },
    ]);
    await turn();
    expect(batches).toHaveLength(1);
  });

  it('goes on after a failure', async () => {
    const { batches, append, turn } = desk();
    const lost = expect(append('a')).rejects.toThrow('lost');
    await turn();
    batches[0]!.fail(new OutcomeUnknown('lost'));
    await lost;
    const next = append('b');
    await turn();
    batches[1]!.answer();
    expect(await next).toBe(stored);
  });

  it('refuses more than its queue holds, in members and in bytes', async () => {
    const { append, batches, turn } = desk({ ...LIMITS, queueMembers: 2, queueBytes: 100 });
    const outcomes = Promise.allSettled([append('a', 50), append('b', 60), append('c', 10), append('d', 1)]);
    await turn();
    batches[0]!.answer();
    expect(await outcomes).toMatchObject([
      { value: stored },
      { reason: { constructor: StoreUnavailable } },
      { value: stored },
      { reason: { constructor: StoreUnavailable } },
    ]);
    expect(batches.map((batch) => batch.streams)).toEqual([['a', 'c']]);
    const later = append('e', 90);
    await turn();
    batches[1]!.answer();
    expect(await later).toBe(stored);
  });

  it('takes an append that is given up out of the queue: certainly unstored', async () => {
    const { append, batches, turn, commits } = desk();
    const first = append('a');
    await turn();
    const controller = new AbortController();
    const given = expect(append('b', 10, { signal: controller.signal })).rejects.toThrow('never mind');
    const late = expect(append('c', 10, { timeoutMs: 1 })).rejects.toBeInstanceOf(StoreUnavailable);
    controller.abort(new Error('never mind'));
    await Promise.all([given, late]);
    batches[0]!.answer();
    await first;
    await commits.close();
    expect(batches.map((batch) => batch.streams)).toEqual([['a']]);
  });

  it('does not know the outcome of an append that is given up while it is sent', async () => {
    const { append, batches, turn } = desk();
    const controller = new AbortController();
    const given = expect(append('a', 10, { signal: controller.signal })).rejects.toBeInstanceOf(OutcomeUnknown);
    await turn();
    controller.abort(new Error('never mind'));
    await given;
    batches[0]!.answer();
  });

  it('settles what it has taken before it is closed, and takes nothing more', async () => {
    const { append, batches, turn, commits } = desk();
    const all = [append('a'), append('a')];
    let closed = false;
    const closing = commits.close().then(() => (closed = true));
    await expect(append('b')).rejects.toBeInstanceOf(StoreUnavailable);
    await turn();
    batches[0]!.answer();
    await turn();
    expect(closed).toBe(false);
    batches[1]!.answer();
    await Promise.all([...all, closing]);
  });
});
