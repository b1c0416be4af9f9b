import { randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileErasureLog, type Erasure } from './erasure-log.ts';

const erasure = (): Erasure => ({ id: randomUUID(), subject: randomUUID(), erasedAt: '2026-03-01T09:00:00.000Z' });

describe('the list of erasures outside the database', () => {
  let room: string;
  let file: string;
  beforeEach(async () => {
    room = await mkdtemp(join(tmpdir(), 'redress-erasures-'));
    file = join(room, 'erasures.jsonl');
  });
  afterEach(() => rm(room, { recursive: true }));

  it('is empty before the first', async () => expect(await new FileErasureLog(file).entries()).toEqual([]));

  it('keeps each, in order, and adds to what is there', async () => {
    const all = Array.from({ length: 20 }, erasure);
    await Promise.all(
      all
        .slice(0, 10)
        .map((one) => new Promise<void>((resolve) => resolve()).then(() => new FileErasureLog(file).record(one))),
    );
    const log = new FileErasureLog(file);
    await Promise.all(all.slice(10).map((one) => log.record(one)));
    const entries = await new FileErasureLog(file).entries();
    expect(new Set(entries.map((entry) => entry.id))).toEqual(new Set(all.map((one) => one.id)));
    expect(entries.slice(10)).toEqual(all.slice(10));
  });

  it('holds ids and an instant, nothing else', async () => {
    const one = erasure();
    await new FileErasureLog(file).record({ ...one, name: 'Anna' } as Erasure);
    expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify(one)}\n`);
  });

  it('passes over a line that a crash cut off, also when others follow', async () => {
    const [first, second] = [erasure(), erasure()];
    const log = new FileErasureLog(file);
    await log.record(first);
    await appendFile(file, JSON.stringify(second).slice(0, 30));
    expect(await log.entries()).toEqual([first]);
    await log.record(second);
    expect(await log.entries()).toEqual([first, second]);
  });

  it('does not pass over a line that is damaged in another way', async () => {
    await writeFile(file, 'no erasure\n');
    await expect(new FileErasureLog(file).entries()).rejects.toThrow('line 1');
  });
});
