import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbedded } from '#postgres/embedded';
import { postmasterOf } from '#postgres/embedded/cluster';

/** A PostgreSQL of the campaign's own. It is brought up again by itself when it was killed, as the standalone program does. */
export interface Cluster {
  readonly url: string;
  /** Of the postmaster. */
  pid(): number;
  /** Present when its files lie on a small disk of their own. */
  readonly disk: SmallDisk | undefined;
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  stop(): Promise<void>;
}

export interface SmallDisk {
  /** Until nothing more goes on it. */
  fill(): Promise<void>;
  free(): Promise<void>;
}

/** Enough for the write-ahead log and some hundred thousand facts; filled in a moment. */
const DISK_MB = 640;

export const startCluster = async (room: string, wantsSmallDisk: boolean): Promise<Cluster> => {
  const place = join(room, 'postgres');
  await mkdir(place);
  await chmod(place, 0o755); // root's PostgreSQL does not run as root
  const mounted = wantsSmallDisk && mount(place);
  const unmount = (): void => {
    if (mounted) execFileSync('umount', ['-l', place], { stdio: 'ignore' });
  };
  const embedded = await startEmbedded({ dataDir: join(place, 'data') }).catch((error: unknown) => {
    unmount();
    throw error;
  });
  const query = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: embedded.url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  // So that the disk is filled by who means to, and not by the log.
  await query(`alter system set max_wal_size = '96MB'`);
  await query('select pg_reload_conf()');
  return {
    url: embedded.url,
    pid: () => postmasterOf(join(place, 'data', 'postgres'))?.pid ?? 0,
    disk: mounted ? smallDisk(place) : undefined,
    query,
    stop: async () => {
      await embedded.stop();
      unmount();
    },
  };
};

/** Only root may, and not in every container. */
const mount = (place: string): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'tmpfs', place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const smallDisk = (place: string): SmallDisk => {
  const filling = (name: string): string => join(place, `filling-${name}`);
  return {
    fill: async () => {
      for (let file = 0; file < 100; file++) {
        const { bavail, bsize } = await statfs(place);
        if (bavail === 0) return;
        await writeFile(filling(String(file)), Buffer.alloc(Math.min(bavail * bsize, 64 << 20))).catch(() => undefined);
      }
    },
    free: async () => {
      for (const name of await readdir(place))
        if (name.startsWith('filling-')) await rm(join(place, name), { force: true });
    },
  };
};
