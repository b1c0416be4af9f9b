import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What `tsc --watch` says after each compilation. */
const COMPILED = /Found (\d+) errors?\. Watching for file changes\./;

/**
 * Runs a compiler that watches, and the program that it compiles: started when it compiled without an error, and again
 * after each such compilation, once the one before has ended by itself (SIGTERM: what is in flight is finished). While
 * there are errors the last good one goes on. `stop` ends both.
 * Commands are arguments of Node. `report` gets the compiler's lines, and what is done.
 */
export const restarting = ({ compiler, program, options = {}, report }) => {
  let running;
  let stopped = false;
  let turn = Promise.resolve();

  const end = async () => {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  const restart = async () => {
    await end();
    if (stopped) return;
    running = spawn(process.execPath, program, { ...options, stdio: ['ignore', 'inherit', 'inherit'] });
    report('started');
  };
  /** One after the other: of several compilations meanwhile each ends the program of the one before. */
  const next = (work) => (turn = turn.then(work));

  const watching = spawn(process.execPath, compiler, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface({ input: watching.stdout }).on('line', (line) => {
    report(line);
    if (COMPILED.exec(line)?.[1] === '0') void next(restart);
  });
  const ended = new Promise((resolve) => watching.once('exit', resolve));

  return {
    /** When the compiler gave up. */
    ended,
    stop: async () => {
      stopped = true;
      watching.kill('SIGTERM');
      await next(end);
    },
  };
};
