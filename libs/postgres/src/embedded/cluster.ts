import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { canReach, type Account } from './account.ts';
import type { Native } from './native.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The superuser and the database of the standalone service. */
export const NAME = 'redress';

/** NOTE: a storage format: what lies in `<data directory>/postgres.json` (mode 600). */
export interface Secret {
  readonly password: string;
  /** Kept from start to start while it is free, so that a person's tools need not change. */
  readonly port?: number;
}

const secretFile = (dataDir: string): string => join(dataDir, 'postgres.json');

export const readSecret = (dataDir: string): Secret | undefined =>
  existsSync(secretFile(dataDir)) ? (JSON.parse(readFileSync(secretFile(dataDir), 'utf8')) as Secret) : undefined;

export const writeSecret = async (dataDir: string, secret: Secret): Promise<void> => {
  const half = `${secretFile(dataDir)}.${randomBytes(4).toString('hex')}`;
  await writeFile(half, `${JSON.stringify(secret)}\n`, { mode: 0o600 });
  await rename(half, secretFile(dataDir));
};

/**
 * Where the cluster lies: `<data directory>/postgres`, or, when root's data directory is closed to the account that
 * PostgreSQL runs as, a place of its own under /var/lib to which `<data directory>/postgres` then points.
 */
export const placeOf = async (
  dataDir: string,
  account: Account | undefined,
  log: (line: string) => void,
): Promise<string> => {
  const wished = join(dataDir, 'postgres');
  if (existsSync(wished)) return realpathSync(wished);
  if (account === undefined || canReach(account, dataDir)) return join(realpathSync(dataDir), 'postgres');
  const place = `/var/lib/redress/${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  await mkdir(place, { recursive: true, mode: 0o755 });
  if (!canReach(account, place))
    throw new EmbeddedPostgresError(
      `PostgreSQL runs as ${account.name}, who may enter neither ${dataDir} nor ${place}. Choose another DATA_DIR, for example under /var/lib.`,
    );
  log(`PostgreSQL runs as ${account.name}, who may not enter ${dataDir}: its files lie in ${place}/postgres`);
  await symlink(join(place, 'postgres'), wished);
  return join(place, 'postgres');
};

export const isMade = (cluster: string): boolean => existsSync(join(cluster, 'PG_VERSION'));

/** Makes the cluster beside its place and moves it there whole: a start that was cut off leaves nothing half made. */
export const makeCluster = async (
  native: Native,
  account: Account | undefined,
  cluster: string,
  password: string,
): Promise<void> => {
  const half = `${cluster}.${randomBytes(4).toString('hex')}`;
  const scratch = await mkdtemp(join(tmpdir(), 'redress-'));
  const pwfile = join(scratch, 'password');
  try {
    await writeFile(pwfile, `${password}\n`, { mode: 0o600 });
    await mkdir(half, { mode: 0o700 });
    if (account) for (const path of [scratch, pwfile, half]) await chown(path, account.uid, account.gid);
    await run(native.initdb, account, half, [
      `--pgdata=${half}`,
      `--username=${NAME}`,
      `--pwfile=${pwfile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ]);
    await rename(half, cluster).catch((cause) => {
      if (!isMade(cluster)) throw cause; // else another start was faster, with the same password
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await rm(half, { recursive: true, force: true });
  }
};

/** What a running postmaster wrote into its directory; undefined when there is none. */
export const postmasterOf = (cluster: string): { pid: number; port: number; ready: boolean } | undefined => {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return Number.isInteger(pid) && pid > 1
      ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
      : undefined;
  } catch {
    return undefined;
  }
};

/** False when the process is gone, or when its number was given to another program since. */
export const isPostmaster = (pid: number, cluster: string): boolean => {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  try {
    // A postmaster works in its data directory. After a container's restart a stale number is nearly always somebody's.
    return process.platform !== 'linux' || readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
};

/** The environment that PostgreSQL gets: none of ours, secrets may lie in it. */
export const plainEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  LC_ALL: 'C',
  TZ: 'UTC',
  ...(process.platform === 'win32' && { SystemRoot: process.env['SystemRoot'], TEMP: process.env['TEMP'] }),
});

const run = (program: string, account: Account | undefined, cwd: string, args: string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(account && { uid: account.uid, gid: account.gid }),
      cwd,
      env: plainEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(
            new EmbeddedPostgresError(
              `PostgreSQL could not make its files in ${dirname(cwd)}: ${said.trim().split('\n').at(-1) ?? `exit ${code}`}`,
            ),
          ),
    );
  });

/** A directory that we make is one that PostgreSQL's account may pass through; one that exists is left as it is. */
export const makeDataDir = async (dataDir: string): Promise<void> => {
  const first = await mkdir(dataDir, { recursive: true });
  if (first === undefined) return;
  for (let made = dataDir; made.length >= first.length; made = dirname(made)) await chmod(made, 0o755);
};
