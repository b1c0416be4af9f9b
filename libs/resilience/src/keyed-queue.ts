import { within } from './deadline.ts';

/** Longer than this nobody stands in the line: a store that hangs must not hang everybody behind it as well. */
const PATIENCE_MS = 5000;

/**
 * Work on the same thing one after another, within this process. It only spares effort: of a hundred commands that meet
 * at one complaint, ninety-nine would read, decide and seal in vain, again and again. What keeps streams right is the
 * revision that each append names, also for who went ahead out of turn.
 */
export class KeyedQueue {
  private readonly last = new Map<string, Promise<void>>();

  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(name);
    let done!: () => void;
    const mine = new Promise<void>((resolve) => (done = resolve));
    this.last.set(name, mine);
    try {
      if (before) await within(before, { ms: PATIENCE_MS }, () => undefined);
      return await work();
    } finally {
      done();
      if (this.last.get(name) === mine) this.last.delete(name);
    }
  }
}
