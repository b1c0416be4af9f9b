import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MASTER_TEXT } from './ledger.ts';
import type { Place } from './place.ts';

/** One of the service's programs as a deployment runs it, with its log going nowhere. */
export interface Program {
  readonly process: ChildProcess;
  readonly port: number;
  readonly url: string;
  /** From the start of the process until it said that it is ready, in seconds. */
  readonly readyAfter: number;
  readonly stop: () => Promise<void>;
}

/** The settings that all programs of one deployment share: master key, erasure log, database. */
export const surroundings = async (place: Place, databaseUrl?: string): Promise<Readonly<Record<string, string>>> => {
  const room = await mkdtemp(join(place.room, 'deployment-'));
  const key = join(room, 'master.key');
  await writeFile(key, `${MASTER_TEXT}\n`, { mode: 0o600 });
  return {
    ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    ORGANISATION: 'bench',
    MASTER_KEY_FILE: key,
    ERASURE_LOG: join(room, 'erasures.jsonl'),
  };
};

/** `main`: as below apps, such as `api/src/main.js`. */
export const startProgram = async (
  place: Place,
  main: string,
  settings: Readonly<Record<string, string>>,
  nodeFlags: readonly string[] = [],
): Promise<Program> => {
  const port = await freePort();
  const begin = performance.now();
  const flags = [...nodeFlags, ...(process.env['BENCH_PROGRAM_FLAGS'] ?? '').split(' ').filter(Boolean)];
  const child = spawn(process.execPath, [...flags, fileURLToPath(new URL(`../../apps/${main}`, import.meta.url))], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_ENV: 'production',
      PORT: String(port),
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let over = false;
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      over = true;
      resolve();
    }),
  );
  const stop = async (): Promise<void> => {
    if (!over) child.kill('SIGTERM');
    await ended;
  };
  place.atEnd(stop);
  const url = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + 120_000; ;) {
    if (over) throw new Error(`${main} ended before it was ready`);
    if (Date.now() > until) throw new Error(`${main} was not ready within two minutes`);
    const ready = await fetch(`${url}/health/ready`).catch(() => undefined);
    await ready?.body?.cancel();
    if (ready?.status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { process: child, port, url, readyAfter: (performance.now() - begin) / 1000, stop };
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Complaints received through the door; answers their ids. */
export const receiveSome = async (url: string, count: number): Promise<string[]> => {
  const ids: string[] = [];
  const receive = async (): Promise<void> => {
    while (ids.length < count) {
      const answer = await fetch(`${url}/v1/complaints`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: INTAKE,
      });
      const { id } = (await answer.json()) as { id?: string };
      if (id === undefined) throw new Error(`an intake was answered ${answer.status}`);
      ids.push(id);
    }
  };
  await Promise.all(Array.from({ length: 8 }, receive));
  return ids;
};

/** Of some sixty characters, as people write them. */
export const MESSAGE = JSON.stringify({
  direction: 'in',
  channel: 'email',
  text: 'The courier came again, a day late, and rang at the wrong door.',
});

export const INTAKE = JSON.stringify({
  channel: 'phone',
  words: 'The courier came a day late for the third time and nobody called.',
  desiredOutcomes: ['explanation'],
  customer: { reference: 'C-1042' },
  issues: [{ category: 'delivery-late', severity: 'minor', process: { department: 'logistics', process: 'delivery' } }],
});
