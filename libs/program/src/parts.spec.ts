import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { MasterKeyTrouble } from '../../privacy/src/master-key-file.ts';
import { readSettings } from '../../settings/src/settings.ts';
import { startDaemon } from './daemon.ts';
import { makeLog } from './log.ts';
import { OtherOrganisation } from './organisation.ts';
import { openParts, type Parts } from './parts.ts';

const log = makeLog('silent');
let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await testDatabase();
  directory = await mkdtemp(join(tmpdir(), 'redress-parts-'));
});
afterEach(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

const settings = (more: Record<string, string> = {}) =>
  readSettings({
    ORGANISATION: 'example',
    DATABASE_URL: database.url,
    DATA_DIR: join(directory, 'data'),
    MASTER_KEY_FILE: join(directory, 'master-key'),
    ERASURE_LOG: join(directory, 'erasures.jsonl'),
    PORT: '0',
    ...more,
  });
const open = (more: Record<string, string> = {}, mint = true): Promise<Parts> =>
  openParts(settings(more), { databaseUrl: database.url, name: 'test', mint, log });

describe('the parts of a program', () => {
  it('fix the organisation only when the start has come so far that something can be recorded', async () => {
    await expect(open({ ORGANISATION: 'mistyped' }, false)).rejects.toThrow(MasterKeyTrouble);
    await (await open()).close();
    await expect(open({ ORGANISATION: 'another' })).rejects.toThrow(OtherOrganisation);
  });
});

describe('a program without an API', () => {
  it('is not ready while a data key that it needed is missing', async () => {
    await (await open()).close();
    let parts!: Parts;
    let port = 0;
    const daemon = await startDaemon(
      {
        name: 'test',
        begin: async (opened) => {
          parts = opened;
          return { ended: Promise.resolve(), checks: [], followers: [] };
        },
      },
      settings(),
      Object.assign(Object.create(log) as typeof log, {
        info: (about: { port?: number }) => void (port = about.port ?? port),
      }),
    );
    try {
      const ready = () => fetch(`http://127.0.0.1:${port}/health/ready`);
      expect((await ready()).status).toBe(200);
      const lost = {
        $enc: 1,
        key: '00000000-0000-4000-8000-000000000000',
        iv: '',
        ct: '',
        stream: 'complaint-1',
        revision: 0,
        type: 'ComplaintReceived',
        pointer: '/words',
      };
      await expect(parts.vault.open({ words: lost })).rejects.toThrow('is missing');
      const answer = await ready();
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        checks: expect.arrayContaining([
          { name: 'keys', ok: false, detail: 'data key 00000000-0000-4000-8000-000000000000 is missing' },
        ]),
      });
    } finally {
      await daemon.stop();
    }
  });
});
