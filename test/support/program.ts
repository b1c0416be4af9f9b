import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './child.ts';

/** One of our programs as a process of its own, run from its source as an operator runs it from `dist`. */
export interface RunningProgram {
  readonly process: ChildProcess;
  readonly pid: number;
  /** What it said until now. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Where it listens; waits until it says so. Rejects with what it said when it ends before. */
  url(): Promise<string>;
  /** SIGTERM, and how it ended. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const COMPILER = join(process.cwd(), 'test/support/typescript.cjs');

/** Nothing of the surroundings: their settings are not ours. */
const SURROUNDINGS = Object.fromEntries(
  ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LD_LIBRARY_PATH'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  ),
);

/** `main`: below apps/, such as `api/src/main.ts`. PORT is a free one unless it is given. */
export const startProgram = (
  main: string,
  settings: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): RunningProgram => {
  const child = spawn(process.execPath, [COMPILER, join(process.cwd(), 'apps', main), ...args], {
    env: { ...SURROUNDINGS, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text));
  let over = false;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on('close', (code, signal) => {
      over = true;
      resolve({ code, signal });
    }),
  );
  return {
    process: child,
    pid: child.pid!,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    url: async () => {
      const said = (): string | undefined =>
        /^ {2}API\s+(http:\S+)/m.exec(stdout)?.[1] ??
        [/"port":(\d+).*"msg":"(?:the API listens|health and metrics)"/.exec(stdout)?.[1]]
          .filter((port) => port !== undefined)
          .map((port) => `http://127.0.0.1:${port}`)[0];
      await eventually(() => over || said() !== undefined, `${main} says where it listens`);
      const url = said();
      if (url === undefined) throw new Error(`${main} ended before it listened. ${stderr}\n${stdout}`);
      return url;
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
};
