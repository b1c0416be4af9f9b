import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { join, resolve as absolute } from 'node:path';
import { backOff } from '#resilience/backoff';
import { countdown } from '#resilience/deadline';
import { pause } from '#resilience/pause';
import { accountFor, type Account } from './embedded/account.ts';
import {
  isMade,
  isPostmaster,
  makeCluster,
  makeDataDir,
  NAME,
  placeOf,
  postmasterOf,
  readSecret,
  writeSecret,
} from './embedded/cluster.ts';
import { nativePostgres, type Native } from './embedded/native.ts';
import { ownCluster, type Owner } from './embedded/owner.ts';
import { endPostmaster, freePort, launchPostmaster, signalPostmaster } from './embedded/postmaster.ts';
import { freeSpaceAt, isOutOfMemory, memoryHere, sizedFor } from './embedded/memory.ts';
import { EmbeddedPostgresError } from './embedded/embedded-postgres-error.ts';
import { watchOver } from './embedded/watchdog.ts';

/** What PostgreSQL says every few seconds after a crash, while it reads its log again. */
const RECOVERS = /redo in progress|syncing data directory|resetting unlogged/i;
/** With less nothing is won: buffers are at their least. */
const LEAST_MEMORY = 128 * 1024 ** 2;
/** How soon a PostgreSQL that went away is tried to be brought up again. */
const COME_AGAIN = { firstMs: 500, maxMs: 10_000 };

export interface EmbeddedOptions {
  /** Holds the cluster (`postgres/`) and its password (`postgres.json`); made when missing. */
  readonly dataDir: string;
  readonly log?: (line: string) => void;
  /** How long PostgreSQL may take to come up; a recovery that says how far it is, is waited for. Default 60 s. */
  readonly startTimeoutMs?: number;
  /** The memory that it is sized for, in bytes. Default: the machine's, or what a container allows. */
  readonly memory?: number;
}

export interface Embedded {
  /** Of the database `redress`, with its password: not for logs. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that npm installed, or adopts the one that an earlier process left running on this directory.
 * It is brought up again when it dies, and stops with this process, however that ends. Throws EmbeddedPostgresError.
 */
export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const log = options.log ?? (() => undefined);
  const { startTimeoutMs = 60_000, memory = memoryHere() } = options;
  return new EmbeddedServer(absolute(options.dataDir), log, startTimeoutMs, memory).start();
};

/** The url of the embedded PostgreSQL that another process runs on this directory; undefined: there is none. A secret. */
export const embeddedUrl = (dataDir: string): string | undefined => {
  const known = readSecret(absolute(dataDir));
  return known?.port === undefined ? undefined : urlAt(known.password, known.port, NAME);
};

const urlAt = (password: string, port: number, database: string): string =>
  `postgres://${NAME}:${password}@127.0.0.1:${port}/${database}`;

class EmbeddedServer {
  private account: Account | undefined;
  private native!: Native;
  private cluster!: string;
  private password!: string;
  private port!: number;
  private pid = 0;
  private owner: Owner | undefined;
  private callOff: () => void = () => undefined;
  private stopping = false;
  private recovering: Promise<void> = Promise.resolve();
  private readonly onExit = (): void => signalPostmaster(this.pid, this.cluster, 'SIGINT');

  constructor(
    private readonly dataDir: string,
    private readonly log: (line: string) => void,
    private readonly patienceMs: number,
    private memory: number,
  ) {}

  async start(): Promise<Embedded> {
    await makeDataDir(this.dataDir);
    this.account = accountFor(join(this.dataDir, 'postgres'));
    this.cluster = await placeOf(this.dataDir, this.account, this.log);
    this.native = await nativePostgres(this.account, this.log);
    const known = readSecret(this.dataDir);
    if (!known && isMade(this.cluster))
      throw new EmbeddedPostgresError(
        `${this.dataDir}/postgres.json is missing: it holds the password of the database beside it. Put it back from your backup.`,
      );
    this.password = known?.password ?? randomBytes(24).toString('hex');
    if (!known) await writeSecret(this.dataDir, { password: this.password });
    if (!isMade(this.cluster)) await makeCluster(this.native, this.account, this.cluster, this.password);

    process.on('exit', this.onExit);
    try {
      await this.bringUp(known?.port);
      await this.makeDatabase();
    } catch (error) {
      await this.stop();
      throw error;
    }
    await writeSecret(this.dataDir, { password: this.password, port: this.port });
    this.owner?.unref(); // a program that has nothing else to do may end
    return { url: this.urlOf(NAME), stop: () => this.stop() };
  }

  private urlOf(database: string): string {
    return urlAt(this.password, this.port, database);
  }

  /** Until a postmaster answers that is ours alone: the one that runs, or a new one. */
  private async bringUp(wishedPort: number | undefined): Promise<void> {
    let left = countdown(this.patienceMs);
    let port = wishedPort ?? (await freePort());
    let trouble = '';
    while (!this.stopping) {
      if (left() === 0)
        throw new EmbeddedPostgresError(`PostgreSQL did not come up within ${this.patienceMs / 1000} s. ${trouble}`);
      const running = postmasterOf(this.cluster);
      if (running && isPostmaster(running.pid, this.cluster)) {
        // Ours from before, starting, answering or shutting down: it answers at last, or it goes.
        if (running.ready && (await this.own(running))) return;
        trouble = `Process ${running.pid} runs on ${this.cluster} and does not answer; if it is no PostgreSQL, remove postmaster.pid there.`;
        await pause(50);
        continue;
      }
      if (running) {
        this.log('a stale postmaster.pid is removed: its process is gone');
        unlinkSync(join(this.cluster, 'postmaster.pid'));
      }
      const { native, account, cluster } = this;
      const log = (line: string): void => {
        if (RECOVERS.test(line)) left = countdown(this.patienceMs);
        this.log(line);
      };
      const sized = sizedFor({ memory: this.memory, freeSpace: await freeSpaceAt(this.dataDir) });
      const onPid = (pid: number): void => this.watch(pid);
      trouble = await launchPostmaster({ native, account, cluster, port, sized, left: () => left(), log, onPid });
      if (isOutOfMemory(trouble) && this.memory > LEAST_MEMORY) {
        this.memory /= 2;
        this.log('the machine does not give PostgreSQL that much memory: it is asked for half of it');
      } else if (/could not (bind|create any TCP)/i.test(trouble)) port = await freePort();
      else if (trouble) await pause(200);
    }
  }

  private watch(pid: number): void {
    if (this.pid === pid) return;
    this.callOff();
    this.pid = pid;
    this.callOff = watchOver(pid, this.cluster);
  }

  private async own(running: { pid: number; port: number }): Promise<boolean> {
    this.port = running.port;
    const owner = await ownCluster(this.urlOf('postgres'), this.cluster, this.dataDir);
    if (!owner) return false;
    this.owner = owner;
    this.watch(running.pid);
    owner.on('end', () => {
      if (this.owner === owner && !this.stopping) this.recovering = this.recover();
    });
    return true;
  }

  /** PostgreSQL went away under us: on the same port it comes again, so that every pool finds it. */
  private async recover(): Promise<void> {
    this.owner = undefined;
    for (let attempt = 0; !this.stopping; attempt++) {
      if (!isMade(this.cluster)) return this.log(`PostgreSQL went away, and so did its files in ${this.cluster}`);
      this.log('PostgreSQL went away and is brought up again');
      const failed = await this.bringUp(this.port).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      if (!failed) return (this.owner as Owner | undefined)?.unref();
      this.log(failed.message);
      await backOff(COME_AGAIN, attempt);
    }
  }

  private async makeDatabase(): Promise<void> {
    const exists = await this.owner!.query('select from pg_database where datname = $1', [NAME]);
    if (exists.rowCount === 0) await this.owner!.query(`create database ${NAME}`);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    process.off('exit', this.onExit);
    this.owner?.ref();
    await this.owner?.end().catch(() => undefined);
    await this.recovering;
    if (this.pid !== 0) await endPostmaster(this.native, this.pid, this.cluster);
    this.callOff();
  }
}
