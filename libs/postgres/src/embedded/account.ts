import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** Who PostgreSQL runs as when we are root: it refuses to run as root itself. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Undefined: as ourselves. A cluster that exists keeps its owner; else `postgres`, made when it is missing. */
export const accountFor = (cluster: string): Account | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(cluster)) {
    const { uid, gid } = statSync(cluster);
    if (uid !== 0) return { name: `user ${uid}`, uid, gid };
  }
  return lookUp('postgres') ?? make('postgres');
};

const lookUp = (name: string): Account | undefined => {
  try {
    const ask = (flag: string): number =>
      Number.parseInt(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }), 10);
    return { name, uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
};

const make = (name: string): Account => {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/sh', name], {
      stdio: 'ignore',
    });
  } catch (cause) {
    const made = lookUp(name); // two starts at once
    if (made) return made;
    throw new EmbeddedPostgresError(
      `PostgreSQL does not run as root, and the user ${name} cannot be made. Start as an ordinary user, or set DATABASE_URL.`,
      { cause },
    );
  }
  return lookUp(name)!;
};

/** Asked of the system itself, as that user: modes, groups and access lists are its business. */
export const canReach = (account: Account, path: string): boolean =>
  spawnSync('/bin/sh', ['-c', '[ -x "$0" ]', path], { uid: account.uid, gid: account.gid, cwd: '/', stdio: 'ignore' })
    .status === 0;
