import { chmod, cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '#operator/commands/all';
import { operate } from '#operator/operate';
import { startStandalone, type Standalone } from '#standalone/standalone';
import { makeLog } from '#program/log';
import { readSettings } from '#settings/settings';
import { eventually } from './eventually.ts';
import { Client } from './client.ts';
import { testDatabase, type TestDatabase } from './test-database.ts';

export type Environment = Readonly<Record<string, string>>;

/** What an operator has: databases, a room with the master key and the list of erasures, and commands. */
export interface Deployment {
  readonly room: string;
  /** Of every program of the organisation; where the ledger and the database are is added to it. */
  readonly environment: Environment;
  database(): Promise<TestDatabase>;
  readonly databases: readonly TestDatabase[];
  /** All four programs in one, caught up with what is there. */
  start(environment: Environment): Promise<Running>;
  /** What a command said, and its exit code. */
  operate(
    args: readonly string[],
    environment: Environment,
    signal?: AbortSignal,
    progress?: (line: string) => void,
  ): Promise<{ code: number; said: string }>;
  copyDirectory(from: string, to: string): Promise<void>;
  remove(): Promise<void>;
}

export interface Running extends Standalone {
  readonly client: Client;
  /** Until nobody lags. */
  caughtUp(): Promise<unknown>;
}

export const makeDeployment = async (more: Environment = {}): Promise<Deployment> => {
  const room = await mkdtemp(join(await realpath(tmpdir()), 'redress-deployment-'));
  await chmod(room, 0o755);
  const databases: TestDatabase[] = [];
  const running = new Set<Running>();
  const environment = { PORT: '0', DATA_DIR: join(room, 'data'), LOG_LEVEL: 'silent', ...more };
  return {
    room,
    environment,
    databases,
    database: async () => {
      databases.push(await testDatabase());
      return databases.at(-1)!;
    },
    start: async (own) => {
      const settings = readSettings({ ...environment, ...own }, { standalone: true });
      const standalone = await startStandalone(settings, makeLog('silent'));
      const client = await Client.of(standalone.url);
      const one: Running = {
        ...standalone,
        client,
        caughtUp: () => caughtUp(client, settings.kafkaBrokers.length > 0 ? 6 : 5),
        stop: async () => {
          running.delete(one);
          await standalone.stop();
        },
      };
      running.add(one);
      await one.caughtUp();
      return one;
    },
    operate: async (args, own, signal = new AbortController().signal, progress = undefined) => {
      const said: string[] = [];
      const out = {
        say: (line: string) => void said.push(line),
        signal,
        ...(progress && { progress }),
        environment: { ...environment, ...own },
      };
      const code = await operate(commands, args, out);
      return { code, said: said.join('\n') };
    },
    copyDirectory: (from, to) => cp(from, to, { recursive: true }),
    remove: async () => {
      for (const one of running) await one.stop();
      for (const database of databases) await database.drop();
      await rm(room, { recursive: true, force: true });
    },
  };
};

const caughtUp = (client: Client, followers: number) =>
  eventually(async () => {
    const metrics = (await client.get('/metrics')).body as string;
    const lags = [...metrics.matchAll(/^redress_follower_lag_facts\{.*\} (\d+)$/gm)].map(([, lag]) => Number(lag));
    return lags.length >= followers && lags.every((lag) => lag === 0);
  }, 'all followers have caught up');
