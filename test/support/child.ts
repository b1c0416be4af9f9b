import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SUPPORT = join(process.cwd(), 'test/support');

export interface Child {
  readonly process: ChildProcess;
  /** The next line of its standard output, as JSON. Rejects when it ends before. */
  line<T>(): Promise<T>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Runs a program of test/support as a process of its own. */
export const startChild = (program: string, args: readonly string[], options: SpawnOptions = {}): Child => {
  const child = spawn(process.execPath, [join(SUPPORT, 'typescript.cjs'), join(SUPPORT, program), ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options,
  });
  let said = '';
  child.stderr!.on('data', (text: Buffer) => void (said += text.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  );
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    process: child,
    ended,
    line: async <T>() => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ended without a word. ${said}`);
      return JSON.parse(value) as T;
    },
  };
};

/** Children of a process, by what `ps` says. */
export const childrenOf = (pid: number): { pid: number; command: string }[] =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match && Number(match[2]) === pid ? [{ pid: Number(match[1]), command: match[3]! }] : []));
