import type { Chance } from '../chance.ts';
import type { Answer, Attempt, Command, Violation } from '../check/evidence.ts';
import { look, send } from './sending.ts';

/** Where requests go: the doors that stand, by name. */
export type Doors = readonly { readonly name: string; readonly at: string }[];

/** What all clerks write down. */
export interface Notebook {
  readonly commands: Command[];
  /** What cannot be seen afterwards. */
  readonly violations: Violation[];
}

export interface Order {
  readonly what: string;
  readonly path: string;
  readonly body?: object;
  readonly as?: string;
  readonly ifMatch?: string;
  /** Default: recorded. */
  readonly meant?: Command['meant'];
  /** The life hangs on it: it is asked until it is settled, or the life ends here. Default: no. */
  readonly needed?: boolean;
}

/** A life that cannot go on, because nobody knows what became of a step. */
export class LifeEnds extends Error {}

/**
 * Somebody who sends requests and bears what comes: who hangs up too early, sends twice at once, asks again at once or
 * only in the end, or never. What to do is decided by the order's own chance, never by the clock.
 */
export class Clerk {
  private orders = 0;

  constructor(
    private readonly name: string,
    private readonly chance: Chance,
    private readonly doors: () => Doors,
    private readonly notebook: Notebook,
    private readonly ended: AbortSignal,
  ) {}

  /** The answer that was acknowledged; undefined: refused, or not known (yet). */
  async give(order: Order): Promise<Answer | undefined> {
    if (this.ended.aborted) throw new LifeEnds();
    const chance = this.chance.fork(this.orders++);
    const command: Command = {
      name: `${this.name}: ${order.what}`,
      path: order.path,
      body: order.body ?? {},
      key: chance.uuid(),
      correlation: chance.uuid(),
      ...(order.as !== undefined && { as: order.as }),
      ...(order.ifMatch !== undefined && { ifMatch: order.ifMatch }),
      meant: order.meant ?? 'recorded',
      attempts: [],
      abandoned: false,
    };
    const manner = mannerOf(chance, order.needed ?? false);
    this.notebook.commands.push(command);
    const sent = Array.from({ length: manner.times }, () => this.send(command, chance, manner.patienceMs));
    let settled = (await Promise.all(sent)).find(isSettled);
    if (!settled && manner.asks === 'never') command.abandoned = true;
    if (!settled && manner.asks === 'at-once') settled = await this.askAgain(command, chance);
    if (settled?.answer && settled.answer.facts.length > 0) {
      if (manner.again) await this.again(command, chance);
      if (manner.reads) await this.readsWhatWasWritten(order.path, settled.answer, chance);
    }
    await pause(manner.restMs, this.ended);
    if (order.needed && !settled?.answer) throw new LifeEnds();
    return settled?.answer;
  }

  /** With the same key, until somebody says what became of it; for a while. */
  private async askAgain(command: Command, chance: Chance): Promise<Attempt | undefined> {
    for (let waitMs = 20; waitMs < 3_000 && !this.ended.aborted; waitMs *= 2) {
      await pause(waitMs, this.ended);
      const attempt = await this.send(command, chance, 8_000);
      if (isSettled(attempt)) return attempt;
    }
    return undefined;
  }

  /** An acknowledged request once more; or its key with another body, which must be noticed. */
  private async again(command: Command, chance: Chance): Promise<void> {
    if (chance.yes(0.5)) return void (await this.send(command, chance, 8_000));
    const other: Command = {
      ...command,
      name: `${command.name}, its key with another body`,
      body: { ...command.body, effectiveAt: '2020-01-01T00:00:00.000Z' },
      correlation: chance.uuid(),
      meant: ['idempotency-key-reused'],
      attempts: [],
    };
    this.notebook.commands.push(other);
    await this.send(other, chance, 8_000);
  }

  /** A complaint and a call hold every acknowledged write (docs/api.md, Fresh reads). */
  private async readsWhatWasWritten(path: string, { id, revision }: Answer, chance: Chance): Promise<void> {
    const thing = /^\/v1\/(?:complaints|follow-up-calls)\/[0-9a-f-]{36}/.exec(path)?.[0] ?? `${path}/${id}`;
    const seen = await look(chance.pick(this.doors()).at, thing);
    if (!seen || seen.status === 503) return;
    if (seen.status !== 200 || Number(seen.body['revision']) < revision)
      this.notebook.violations.push({
        rule: 'a read holds every acknowledged write',
        found: `${thing}: ${seen.status}, revision ${String(seen.body['revision'])}, acknowledged ${revision}`,
      });
  }

  private send(command: Command, chance: Chance, patienceMs: number): Promise<Attempt> {
    const { name, at } = chance.pick(this.doors());
    return send(command, { at, api: name, patienceMs });
  }
}

/** How somebody sends, decided before anything is sent: what then happens changes none of it. */
interface Manner {
  /** At once. */
  readonly times: 1 | 2;
  /** Then the client hangs up. */
  readonly patienceMs: number;
  /** What becomes of a request of which nobody said what became of it. */
  readonly asks: 'at-once' | 'in-the-end' | 'never';
  readonly again: boolean;
  readonly reads: boolean;
  readonly restMs: number;
}

const mannerOf = (chance: Chance, needed: boolean): Manner => {
  const times = chance.yes(0.1) ? 2 : 1;
  const hasty = chance.yes(0.2);
  const [short, long] = [chance.whole(1, 60), chance.pick([3_000, 8_000, 40_000])];
  const asks = chance.pick(['at-once', 'at-once', 'at-once', 'in-the-end', 'in-the-end', 'never'] as const);
  return {
    times,
    patienceMs: hasty ? short : long,
    asks: needed ? 'at-once' : asks,
    again: chance.yes(0.08),
    reads: chance.yes(0.15),
    restMs: chance.whole(5, 90),
  };
};

/** A 503 and a lost answer leave open what became of it. */
export const isSettled = ({ status }: Attempt): boolean => status !== undefined && status < 500;

/** What nobody knows yet is asked again, with its key: at rest everything can be settled. */
export const settle = async (notebook: Notebook, doors: Doors): Promise<void> => {
  for (const command of notebook.commands) {
    if (command.abandoned) continue;
    for (let attempt = 0; attempt < 20 && !endsSettled(command); attempt++) {
      if (attempt > 0) await pause(500);
      const { name, at } = doors[attempt % doors.length]!;
      await send(command, { at, api: name });
    }
  }
};

/** Those acknowledged in this round, once more: the same answer for ever. */
export const repeatSome = async (commands: readonly Command[], chance: Chance, doors: Doors): Promise<void> => {
  for (const command of chance.shuffled(commands.filter(isAcknowledged)).slice(0, 40)) {
    const { name, at } = chance.pick(doors);
    await send(command, { at, api: name });
  }
};

export const isAcknowledged = ({ attempts }: Command): boolean =>
  attempts.some(({ answer }) => answer !== undefined && answer.facts.length > 0);

const endsSettled = ({ attempts }: Command): boolean => {
  const last = attempts.toSorted((one, other) => one.endedAt - other.endedAt).at(-1);
  return last !== undefined && isSettled(last);
};

export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
