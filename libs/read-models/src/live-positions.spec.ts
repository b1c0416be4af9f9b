import type { Pool } from 'pg';
import { LivePositions } from './live-positions.ts';

/** A database in which models stand where they are put, and its statements. */
const database = () => {
  const stands = new Map<string, string>();
  const statements: string[][] = [];
  const pool = {
    query: async (_text: string, [models]: [string[]]) => {
      statements.push(models);
      await new Promise((resolve) => setTimeout(resolve, 1));
      const rows = models.filter((model) => stands.has(model));
      return { rows: rows.map((model) => ({ model, version: 1, position: stands.get(model) })) };
    },
  } as unknown as Pool;
  return { pool, stands, statements };
};
const model = (name: string) => ({ model: name, version: 1 });

describe('waiting for a position', () => {
  it('is one statement for all who wait at a moment, whichever models they wait for', async () => {
    const { pool, stands, statements } = database();
    const waiting = Array.from({ length: 200 }, (_, index) =>
      LivePositions.in(pool).reached(model(index % 2 === 0 ? 'complaints' : 'overdue'), 'e.5', 10_000),
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const soFar = statements.length;
    // Some ten moments have passed, and two hundred have waited.
    expect(soFar).toBeLessThanOrEqual(25);
    expect(statements.at(-1)!.sort()).toEqual(['complaints', 'overdue']);
    stands.set('complaints', 'e.5').set('overdue', 'e.6');
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
  });

  it('looks at least once, and gives up when the time is over', async () => {
    const { pool, stands } = database();
    stands.set('complaints', 'e.5');
    expect(await LivePositions.in(pool).reached(model('complaints'), 'e.5', 0)).toBe(true);
    expect(await LivePositions.in(pool).reached(model('complaints'), 'e.6', 0)).toBe(false);
    expect(await LivePositions.in(pool).reached(model('complaints'), 'e.6', 50)).toBe(false);
  });

  it('asks of one version of a model: another one answers nothing', async () => {
    const { pool, stands } = database();
    stands.set('complaints', 'e.5');
    expect(await LivePositions.in(pool).reached({ model: 'complaints', version: 2 }, 'e.5', 0)).toBe(false);
  });

  it('fails for those who asked when the database does', async () => {
    const pool = { query: () => Promise.reject(new Error('away')) } as unknown as Pool;
    await expect(LivePositions.in(pool).reached(model('complaints'), 'e.5', 1_000)).rejects.toThrow('away');
  });
});
