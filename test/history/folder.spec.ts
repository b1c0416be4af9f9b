import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, constants } from 'node:zlib';
import { eventually } from '../support/eventually.ts';
import { buildPrograms, type Programs } from '../support/program.ts';

jest.setTimeout(180_000);

/**
 * Data folders as earlier versions left them behind (record-folder.mjs): the program of today starts on each, says of
 * the past what was said then, and answers an old key as it answered the first time. The files are a PostgreSQL 18
 * cluster of this kind of machine; on another kind the suite is skipped, loudly.
 */
const SAMPLES = readdirSync('test/history').filter((name) => name.startsWith('folder-'));
const fits = process.platform === 'linux' && process.arch === 'x64';

interface Written {
  readonly path: string;
  readonly actor: string;
  readonly key: string;
  readonly body: unknown;
  readonly answer: { status: number; location: string | null; etag: string | null; body: object };
}
interface Answers {
  readonly position: string;
  readonly writes: readonly Written[];
  readonly reads: Readonly<Record<string, object>>;
}

if (!fits) {
  process.stderr.write('\n  SKIPPED: data folders of before: they are of linux-x64.\n\n');
  it.skip('data folders of before', () => undefined);
}

(fits ? describe : describe.skip).each(SAMPLES)('a data folder of before: %s', (sample) => {
  const answers = JSON.parse(readFileSync(`test/history/${sample}/answers.json`, 'utf8')) as Answers;
  const feed = readFileSync(`test/history/${sample}/feed.json`, 'utf8');
  let room: string, programs: Programs, url: string;

  beforeAll(async () => {
    room = realpathSync(mkdtempSync(join(tmpdir(), 'redress-folder-')));
    chmodSync(room, 0o755); // so that a root's PostgreSQL, which does not run as root, gets in
    const params = { [constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 };
    const input = brotliDecompressSync(readFileSync(`test/history/${sample}/folder.tar.br`), { params });
    const tar = spawnSync('tar', ['-xpf', '-'], { cwd: room, input });
    expect([tar.status, String(tar.stderr)]).toEqual([0, '']);
    programs = buildPrograms();
    const program = programs.start('standalone/src/main.js', { DATA_DIR: join(room, 'data'), LOG_LEVEL: 'warn' });
    url = await program.url();
    await eventually(async () => (await fetch(`${url}/health/ready`)).status === 200, 'it is ready');
  });

  afterAll(async () => {
    await programs?.remove();
    rmSync(room, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 });
  });

  const headers = (actor: string) => ({ 'redress-actor': actor });
  const read = async (path: string, accept = 'application/json') =>
    (await fetch(url + path, { headers: { ...headers('anna; role=handler'), accept } })).text();

  it('has the same feed, byte for byte, as far as it went', async () => {
    const now = await read('/v1/events?limit=1000', 'application/cloudevents-batch+json');
    // What has fallen due since stands behind it.
    expect(now.slice(0, feed.length - 1)).toBe(feed.slice(0, -1));
    expect([',', ']']).toContain(now[feed.length - 1]);
  });

  it.each(answers.writes.map((write) => [`${write.path.replace(/[0-9a-f-]{36}/g, '…')} (${write.key})`, write]))(
    'answers an old key of %s as it did the first time',
    async (_title, { path, actor, key, body, answer }) => {
      const again = await fetch(url + path, {
        method: 'POST',
        headers: { ...headers(actor), 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
      expect(await again.json()).toMatchObject(answer.body);
      expect([again.status, again.headers.get('location'), again.headers.get('etag')]).toEqual([
        answer.status,
        answer.location,
        answer.etag,
      ]);
    },
  );

  it.each(Object.keys(answers.reads))('tells the same of %s, and at most more', async (path) => {
    const past = path.startsWith('/v1/complaints/') && !path.endsWith('history') ? atOf(answers.reads[path]!) : '';
    await eventually(async () => {
      expect(settled(JSON.parse(await read(path + past)))).toMatchObject(settled(answers.reads[path]));
      return true;
    }, `${path} is as it was`);
  });
});

/** Of a complaint as it was: the system may have recorded something since. */
const atOf = (complaint: object): string => `?revision=${(complaint as { revision: number }).revision}`;

/** Without what says how fresh an answer is. */
const settled = (answer: unknown): object => {
  const { asOf: _asOf, next: _next, ...rest } = answer as Record<string, unknown>;
  return rest;
};
