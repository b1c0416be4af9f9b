import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from './database.ts';
import { adviceOn, sentenceOn } from './advice.ts';
import { startEmbedded } from './embedded.ts';

jest.setTimeout(90_000);

describe('advice on PostgreSQL’s settings', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'redress-advice-'));
  chmodSync(scratch, 0o755);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** What is said of one and the same data folder, by the memory that it is started with. */
  const saidWith = async (memory: number): Promise<string[]> => {
    const embedded = await startEmbedded({ dataDir: join(scratch, 'data'), memory });
    const pool = openDatabase(embedded.url, { name: 'test' });
    try {
      return (await adviceOn(pool)).map(sentenceOn);
    } finally {
      await pool.end();
      await embedded.stop();
    }
  };

  it('names each that is far below, what it is and what it should be; a data folder is sized anew at each start', async () => {
    expect(await saidWith(1024 ** 3)).toEqual([
      'shared_buffers is 128MB and should be a quarter of the machine’s memory',
      'max_wal_size is 1GB and should be 8GB',
    ]);
    expect(await saidWith(16 * 1024 ** 3)).toEqual([]);
  });
});
