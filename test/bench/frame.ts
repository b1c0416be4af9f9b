/** How everything here is measured: contestants take turns, round after round, and are compared within each round. */

export interface Contestant {
  readonly name: string;
  /** One measurement, in the comparison's unit. */
  readonly measure: () => Promise<number>;
}

export interface Comparison {
  readonly title: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** Whose figure is 1. */
  readonly baseline: string;
  /** What we want of a contestant, as a ratio to the baseline. */
  readonly goals?: Readonly<Record<string, number>>;
  readonly contestants: readonly Contestant[];
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Row extends Spread {
  readonly name: string;
  /** To the baseline of the same round. */
  readonly ratio: Spread;
  readonly goal?: number;
  readonly goalMet?: boolean;
}

export interface Table {
  readonly title: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  readonly baseline: string;
  readonly rounds: number;
  readonly rows: readonly Row[];
  /** What a reader must know to read it. */
  readonly notes?: readonly string[];
}

/**
 * A B C A B C …: what the machine does beside us falls on all alike. One round before the first is not counted: it
 * warms caches, plans and the compiler. A single round, which means nothing anyway, has none before it.
 */
export const compare = async (comparison: Comparison, rounds: number, say: (line: string) => void): Promise<Table> =>
  tableOf(comparison, rounds, await takeTurns(comparison, rounds, say));

/** What each contestant came to in each counted round, for who compares them in more than one way. */
export const takeTurns = async (
  { title, contestants }: Pick<Comparison, 'title' | 'contestants'>,
  rounds: number,
  say: (line: string) => void,
): Promise<ReadonlyMap<string, readonly number[]>> => {
  const figures = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = rounds > 1 ? 0 : 1; round <= rounds; round++) {
    for (const { name, measure } of contestants) {
      const figure = await measure();
      if (round > 0) figures.get(name)!.push(figure);
    }
    const last = contestants.map(({ name }) => `${name} ${round === 0 ? '-' : short(figures.get(name)!.at(-1)!)}`);
    say(`${title}, ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}: ${last.join(' · ')}`);
  }
  return figures;
};

/** The table of figures that were taken in rounds. */
export const tableOf = (
  { title, unit, better, baseline, goals = {} }: Omit<Comparison, 'contestants'>,
  rounds: number,
  figures: ReadonlyMap<string, readonly number[]>,
  notes: readonly string[] = [],
): Table => {
  const base = figures.get(baseline);
  if (!base) throw new Error(`${title} has no ${baseline} to compare with`);
  const rows = [...figures].map(([name, taken]): Row => {
    const ratio = spreadOf(taken.map((figure, round) => figure / base[round]!));
    const goal = goals[name];
    const shown = Number(ratio.median.toFixed(2)); // what the reader sees is what is judged
    return {
      name,
      ...spreadOf(taken),
      ratio,
      ...(goal !== undefined && {
        goal,
        goalMet: better === 'higher' ? shown >= goal : shown <= goal,
      }),
    };
  });
  return { title, unit, better, baseline, rounds, rows, ...(notes.length > 0 && { notes }) };
};

export const spreadOf = (figures: readonly number[]): Spread => {
  const sorted = [...figures].sort((a, b) => a - b);
  return { median: percentile(sorted, 0.5), min: sorted[0]!, max: sorted.at(-1)! };
};

/** Of sorted figures; between two of them when it falls there. */
export const percentile = (sorted: readonly number[], share: number): number => {
  const at = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at - Math.floor(at));
};

/** Workers at it for a while; answers how many times a second one of them got through. */
export const throughput = async (
  workers: number,
  seconds: number,
  step: (worker: number) => Promise<unknown>,
): Promise<number> => {
  const begin = performance.now();
  const end = begin + seconds * 1000;
  let done = 0;
  const work = async (worker: number): Promise<void> => {
    while (performance.now() < end) {
      await step(worker);
      done++;
    }
  };
  await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
  return (done * 1000) / (performance.now() - begin);
};

/** Seconds that a piece of work took. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await work();
  return (performance.now() - begin) / 1000;
};

export const short = (figure: number): string =>
  Math.abs(figure) >= 100 ? Math.round(figure).toLocaleString('en') : figure.toPrecision(3);
