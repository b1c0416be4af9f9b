import './subpath-imports.cjs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '#postgres/embedded';

/** One real PostgreSQL for the whole run. TEST_DATABASE_URL names another one to use instead. */
export default async function globalSetup(): Promise<void> {
  if (process.env['TEST_DATABASE_URL']) return;
  await sweep();
  const dataDir = await mkdtemp(join(tmpdir(), 'redress-test-'));
  await chmod(dataDir, 0o755); // so that a root's PostgreSQL, which does not run as root, gets in
  const embedded = await startEmbedded({ dataDir: join(dataDir, 'data'), memory: 1024 ** 3 }).catch(
    async (error: unknown) => {
      await rm(dataDir, { recursive: true, force: true });
      throw error;
    },
  );
  process.env['TEST_DATABASE_URL'] = embedded.url;
  (globalThis as { stopTestPostgres?: () => Promise<void> }).stopTestPostgres = async () => {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}

/** A run that was killed stops its PostgreSQL, but leaves its files: those of another day are removed. */
const sweep = async (): Promise<void> => {
  for (const name of await readdir(tmpdir()))
    if (name.startsWith('redress-test-')) {
      const path = join(tmpdir(), name);
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > 24 * 3_600_000)
        await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
};
