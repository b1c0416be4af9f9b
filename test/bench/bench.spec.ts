import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeWithKafka } from '../support/kafka.ts';
import { compare, spreadOf, tableOf } from './frame.ts';
import type { Report } from './report.ts';

jest.setTimeout(120_000);

/** Figures are never asserted: what holds here is that the benchmarks run, and how figures are put together. */
const runs = async (only: string, env: Record<string, string> = {}): Promise<Report> => {
  const room = await mkdtemp(join(tmpdir(), 'redress-bench-spec-'));
  const json = join(room, 'figures.json');
  try {
    await promisify(execFile)(
      process.execPath,
      ['test/bench/start.mjs', '--quick', '--only', only, '--scales', '1e3', '--json', json],
      { env: { ...process.env, BENCH_POSTGRES_URL: process.env['TEST_DATABASE_URL'], ...env } },
    );
    return JSON.parse(await readFile(json, 'utf8')) as Report;
  } finally {
    await rm(room, { recursive: true, force: true });
  }
};

const figuresOf = (report: Report): number[] =>
  report.benches.flatMap(({ tables }) => tables.flatMap(({ rows }) => rows.map(({ median }) => median)));

describe('the benchmarks', () => {
  it('run', async () => {
    const report = await runs('appends,http,projecting,scales');
    expect(report.benches.map(({ name }) => name)).toEqual(['appends', 'http', 'projecting', 'scales']);
    const figures = figuresOf(report);
    expect(figures.length).toBeGreaterThan(20);
    expect(figures.filter((figure) => !(figure > 0))).toEqual([]);
    expect(report.machine.postgres).toMatchObject({ fsync: 'on', synchronous_commit: 'on' });
  });
});

describeWithKafka('the benchmark of publishing', (kafka) => {
  it('runs', async () => {
    const report = await runs('publishing', { KAFKA_BROKERS: kafka().brokers });
    expect(figuresOf(report).filter((figure) => !(figure > 0))).toEqual([]);
  });
});

describe('comparing', () => {
  const figures = new Map([
    ['bare', [100, 200, 400]],
    ['ours', [90, 100, 300]],
  ]);
  const comparison = { title: 'x', unit: '1/s', better: 'higher', baseline: 'bare' } as const;

  it('takes each ratio within its round, and the median of the ratios', () => {
    const { rows } = tableOf(comparison, 3, figures);
    expect(rows[1]).toMatchObject({ median: 100, ratio: { median: 0.75, min: 0.5, max: 0.9 } });
  });

  it('says whether a goal was met, on the side that is better', () => {
    const met = (better: 'higher' | 'lower', goal: number) =>
      tableOf({ ...comparison, better, goals: { ours: goal } }, 3, figures).rows[1]!.goalMet;
    expect([met('higher', 0.7), met('higher', 0.8), met('lower', 0.7), met('lower', 0.8)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('lets contestants take turns, and does not count the first round', async () => {
    const turns: string[] = [];
    const contestant = (name: string, first: number) => {
      let figure = first;
      return {
        name,
        measure: async () => {
          turns.push(name);
          return figure++;
        },
      };
    };
    const table = await compare(
      { ...comparison, contestants: [contestant('bare', 10), contestant('ours', 20)] },
      2,
      () => undefined,
    );
    expect(turns).toEqual(['bare', 'ours', 'bare', 'ours', 'bare', 'ours']);
    expect(table.rows.map(({ min, max }) => [min, max])).toEqual([
      [11, 12],
      [21, 22],
    ]);
  });

  it('puts the median of an even number between the two in the middle', () => {
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  });
});
