import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { countdown } from '#resilience/deadline';
import { pause } from '#resilience/pause';
import type { Account } from './account.ts';
import { isPostmaster, plainEnvironment, postmasterOf } from './cluster.ts';
import type { Native } from './native.ts';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/**
 * Durability is what the ledger promises. Errors are told to the program that caused them and not to the log: they may
 * quote values.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  log_startup_progress_interval: '5s',
  max_connections: '200',
};

export interface Launch {
  readonly native: Native;
  readonly account: Account | undefined;
  readonly cluster: string;
  readonly port: number;
  /** Settings that depend on the machine. By the command line, so that a cluster of before gets them, too. */
  readonly sized: Readonly<Record<string, string>>;
  /** How much longer it is waited for, in milliseconds. */
  readonly left: () => number;
  readonly log: (line: string) => void;
  readonly onPid: (pid: number) => void;
}

/** Answers '' when the new postmaster is ready, or what it said when it went. */
export const launchPostmaster = (launch: Launch): Promise<string> => {
  const { native, account, cluster, port, sized, left, log, onPid } = launch;
  const flags = Object.entries({ ...SETTINGS, ...sized }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(native.postgres, ['-D', cluster, '-p', String(port), ...flags], {
    ...(account && { uid: account.uid, gid: account.gid }),
    cwd: cluster,
    env: plainEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: process.platform !== 'win32', // Ctrl-C is for us: requests in flight still need the database
  });
  child.unref();
  (child.stderr as unknown as { unref(): void }).unref();
  if (child.pid !== undefined) onPid(child.pid);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) if (line.trim()) log(line.trim());
    said = (said + text).slice(-4_000);
  });
  return new Promise((resolve, reject) => {
    const poll = setInterval(() => {
      if (postmasterOf(cluster)?.ready) settle(() => resolve(''));
      else if (left() === 0) settle(() => resolve('It is still starting.'));
    }, 20);
    const settle = (how: () => void): void => (clearInterval(poll), how());
    child.on('error', (cause) =>
      settle(() => reject(new EmbeddedPostgresError(`PostgreSQL cannot be run: ${cause.message}`, { cause }))),
    );
    child.on('close', () => settle(() => resolve(said.trim() || 'It ended without a word.')));
  });
};

/** Fast, then immediate (it recovers at the next start), then by force. */
export const endPostmaster = async (native: Native, pid: number, cluster: string): Promise<void> => {
  for (const [kind, mode, patienceMs] of [
    ['SIGINT', 'fast', 30_000],
    ['SIGQUIT', 'immediate', 5_000],
    ['SIGKILL', 'immediate', 2_000],
  ] as const) {
    if (process.platform === 'win32') spawn(native.pgCtl, ['stop', '-D', cluster, '-m', mode], { stdio: 'ignore' });
    else signalPostmaster(pid, cluster, kind);
    for (const left = countdown(patienceMs); left() > 0; await pause(20)) if (!isPostmaster(pid, cluster)) return;
  }
};

/** Only ever the postmaster of this cluster: its number may be somebody else's by now. */
export const signalPostmaster = (pid: number, cluster: string, kind: NodeJS.Signals): void => {
  try {
    if (pid !== 0 && isPostmaster(pid, cluster)) process.kill(pid, kind);
  } catch {
    // It is gone already.
  }
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
