import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startBroker, type RunningBroker } from '../../deploy/kafka/broker.mjs';
import { startEmbedded } from '#postgres/embedded';

/** A child of this process, which is spoken to by messages. */
export interface Helper {
  readonly process: ChildProcess;
  /** Its first word, when it was ready. */
  readonly said: unknown;
  /** Sends a message and waits for the answer. Rejects when it ends first. */
  ask<Answer>(question: object): Promise<Answer>;
  readonly stop: () => Promise<void>;
}

export interface Database {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

/** What measurements stand on: one PostgreSQL and, when asked for, one Kafka, all gone afterwards. */
export interface Place {
  /** A directory of this run's own, removed at its end. */
  readonly room: string;
  /** A fresh database on the run's PostgreSQL; or a copy of one, to which nobody may be connected. */
  readonly database: (from?: Database) => Promise<Database>;
  readonly kafka: () => Promise<Pick<RunningBroker, 'brokers'>>;
  readonly helper: (file: string, env?: Readonly<Record<string, string>>) => Promise<Helper>;
  /** Done at the run's end, the last first. */
  readonly atEnd: (work: () => Promise<unknown>) => void;
  readonly say: (line: string) => void;
}

export const openPlace = async (): Promise<
  Place & { readonly server: string; readonly close: () => Promise<void> }
> => {
  const room = await mkdtemp(join(tmpdir(), 'redress-bench-room-'));
  await chmod(room, 0o755); // a root's PostgreSQL runs as somebody else and must get in
  const works: (() => Promise<unknown>)[] = [() => rm(room, { recursive: true, force: true })];
  // Others than our own are named by the environment: their sort and settings are in the report all the same.
  const { BENCH_POSTGRES_URL: named, KAFKA_BROKERS: brokers } = process.env;
  const postgres = named ? undefined : await startEmbedded({ dataDir: join(room, 'postgres') });
  if (postgres) works.push(() => postgres.stop());
  const server = named ?? postgres!.url;
  let kafka: Promise<Pick<RunningBroker, 'brokers'>> | undefined;
  const place: Place = {
    room,
    database: (from) => freshDatabase(server, from),
    kafka: () =>
      (kafka ??= brokers
        ? Promise.resolve({ brokers })
        : startBroker().then((broker) => {
            works.push(() => broker.stop());
            return broker;
          })),
    helper: async (file, env) => {
      const helper = startHelper(file, env);
      works.push(() => helper.stop());
      return { ...helper, said: await helper.ready };
    },
    atEnd: (work) => void works.push(work),
    say: (line) => void process.stderr.write(`${line}\n`),
  };
  return {
    ...place,
    server,
    close: async () => {
      for (const work of works.splice(0).reverse()) await work();
    },
  };
};

const freshDatabase = async (server: string, from?: Database): Promise<Database> => {
  const name = `bench_${randomBytes(6).toString('hex')}`;
  const onServer = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await onServer(`create database ${name}${from ? ` template ${new URL(from.url).pathname.slice(1)}` : ''}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onServer(`drop database ${name} with (force)`) };
};

const startHelper = (
  file: string,
  env: Readonly<Record<string, string>> = {},
): Omit<Helper, 'said'> & { ready: Promise<unknown> } => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [...(env['NODE_FLAGS'] ?? '').split(' ').filter(Boolean)],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const answer = <Answer>(): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`${file} ended with ${code}`));
      child.once('exit', onExit);
      child.once('message', (message) => {
        child.off('exit', onExit);
        const { failed } = message as { failed?: string };
        if (failed !== undefined) reject(new Error(`${file}: ${failed}`));
        else resolve(message as Answer);
      });
    });
  const ready = answer();
  return {
    process: child,
    ready,
    ask: <Answer>(question: object) => {
      const answered = answer<Answer>();
      child.send(question);
      return answered;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
};
