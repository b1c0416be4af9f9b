import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMasterKey } from './master-key-file.ts';

describe('the master key file', () => {
  let room: string;
  let file: string;
  beforeEach(async () => {
    room = await mkdtemp(join(tmpdir(), 'redress-key-'));
    file = join(room, 'master.key');
  });
  afterEach(() => rm(room, { recursive: true }));

  const HEX = 'ab'.repeat(32);

  it('is read as 64 hexadecimal digits or as base64', async () => {
    await writeFile(file, `${HEX}\n`, { mode: 0o600 });
    const first = await loadMasterKey(file, { mint: false });
    await writeFile(file, Buffer.from(HEX, 'hex').toString('base64'));
    const second = await loadMasterKey(file, { mint: false });
    expect(second.unwrap(first.wrap(Buffer.from('secret'), 'p'), 'p').toString()).toBe('secret');
  });

  it('is made once, readable by its owner only, and nothing is left beside it', async () => {
    await loadMasterKey(file, { mint: true });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    expect(await readdir(room)).toEqual(['master.key']);
  });

  it('is never overwritten', async () => {
    await loadMasterKey(file, { mint: true });
    const before = await readFile(file, 'utf8');
    await loadMasterKey(file, { mint: true });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('is one and the same for many that make it at once', async () => {
    const keys = await Promise.all(Array.from({ length: 10 }, () => loadMasterKey(file, { mint: true })));
    const wrapped = keys[0]!.wrap(Buffer.from('secret'), 'p');
    for (const key of keys) expect(key.unwrap(wrapped, 'p').toString()).toBe('secret');
    expect(await readdir(room)).toEqual(['master.key']);
  });

  it('is refused while others can read it, with the command that mends it', async () => {
    await writeFile(file, HEX);
    for (const mode of [0o644, 0o604, 0o620]) {
      await chmod(file, mode);
      await expect(loadMasterKey(file, { mint: false })).rejects.toThrow(`chmod 600 ${file}`);
    }
    await chmod(file, 0o640); // an orchestrator's group may read
    await loadMasterKey(file, { mint: false });
  });

  it('is not made where it is to be brought', async () => {
    await expect(loadMasterKey(file, { mint: false })).rejects.toThrow('does not exist');
    expect(await readdir(room)).toEqual([]);
  });

  it('is refused when it holds no key', async () => {
    await writeFile(file, 'correct horse battery staple', { mode: 0o600 });
    await expect(loadMasterKey(file, { mint: true })).rejects.toThrow('holds no key');
    await expect(loadMasterKey(room, { mint: true })).rejects.toThrow('is not a file');
  });

  it('says so when its directory is not there', () =>
    expect(loadMasterKey(join(room, 'nowhere', 'key'), { mint: true })).rejects.toThrow('cannot be made (ENOENT)'));
});
