import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSources } from './build-sources.mjs';

/** One of our programs as a process of its own. */
export interface RunningProgram {
  readonly process: ChildProcess;
  /** What it said until now. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Where it listens; waits until it says so. Rejects with what it said when it does not. */
  url(): Promise<string>;
  /** SIGTERM, and how it ended. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

export interface Programs {
  /** `main`: as below dist/apps, such as `api/src/main.js`. PORT is a free one unless it is given. */
  start(main: string, settings: Readonly<Record<string, string>>, args?: readonly string[]): RunningProgram;
  /** Kills what still runs. */
  kill(): Promise<void>;
  /** The same, and removes the build. */
  remove(): Promise<void>;
}

/**
 * The programs, built from the sources as they are now: ECMAScript modules, as in `dist`, where a module that jest can
 * require may yet fail to be imported. Types are not checked here, so it takes half a second.
 */
export const buildPrograms = (): Programs => {
  const place = mkdtempSync(join(tmpdir(), 'redress-build-'));
  buildSources(process.cwd(), place, ['apps', 'libs']);
  const started: RunningProgram[] = [];
  const kill = async (): Promise<void> => {
    for (const program of started) program.process.kill('SIGKILL');
    await Promise.all(started.splice(0).map(({ ended }) => ended));
  };
  return {
    start: (main, settings, args = []) => {
      const program = startProgram(join(place, 'apps', main), settings, args);
      started.push(program);
      return program;
    },
    kill,
    remove: async () => {
      await kill();
      rmSync(place, { recursive: true, force: true });
    },
  };
};

/** Nothing else of the surroundings: their settings are not ours. */
const SURROUNDINGS = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LD_LIBRARY_PATH'];

const startProgram = (
  file: string,
  settings: Readonly<Record<string, string>>,
  args: readonly string[],
): RunningProgram => {
  const surroundings = SURROUNDINGS.map((name) => [name, process.env[name]]).filter(([, value]) => value !== undefined);
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...(Object.fromEntries(surroundings) as Record<string, string>), PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr, over] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on('close', (code, signal) => {
      over = true;
      resolve({ code, signal });
    }),
  );
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    url: async () => {
      let url: string | undefined;
      for (const until = Date.now() + 60_000; !over && !(url = urlIn(stdout)) && Date.now() < until;)
        await new Promise((resolve) => setTimeout(resolve, 20));
      if (url === undefined) throw new Error(`${file} does not listen. ${stderr}\n${stdout}`);
      return url;
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
};

/** The standalone program greets; the others log. */
const urlIn = (said: string): string | undefined => {
  const port = /"port":(\d+).*"msg":"(?:the API listens|health and metrics)"/.exec(said)?.[1];
  return /^ {2}API\s+(http:\S+)/m.exec(said)?.[1] ?? (port && `http://127.0.0.1:${port}`);
};
