import { KeyedQueue } from './keyed-queue.ts';

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('queue', () => {
  afterEach(() => jest.useRealTimers());

  it('let work on one thing happen one after another, in the order of asking', async () => {
    const queue = new KeyedQueue();
    const seen: string[] = [];
    const work = (name: string) => async (): Promise<string> => {
      seen.push(`${name} begins`);
      await tick();
      seen.push(`${name} ends`);
      return name;
    };
    expect(await Promise.all(['a', 'b', 'c'].map((name) => queue.take('one', work(name))))).toEqual(['a', 'b', 'c']);
    expect(seen).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('keep nobody waiting who works on another thing', async () => {
    const queue = new KeyedQueue();
    let release!: () => void;
    const held = queue.take('one', () => new Promise<void>((resolve) => (release = resolve)));
    expect(await queue.take('other', async () => 'done')).toBe('done');
    release();
    await held;
  });

  it('pass on when the one before failed', async () => {
    const queue = new KeyedQueue();
    const failing = queue.take('one', async () => {
      await tick();
      throw new Error('broken');
    });
    const next = queue.take('one', async () => 'done');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('are not waited for without end, when the one before hangs', async () => {
    jest.useFakeTimers();
    const queue = new KeyedQueue();
    void queue.take('one', () => new Promise<never>(() => undefined));
    const next = queue.take('one', async () => 'done');
    await jest.advanceTimersByTimeAsync(5000);
    expect(await next).toBe('done');
  });
});
