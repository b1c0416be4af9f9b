/**
 * Stands between whoever wants a broker and the broker's Java process. Its standard input is a pipe to its owner: when
 * the owner ends, however it ends (kill -9 too), the pipe closes and the broker goes with it. It never outlives a test.
 * Arguments: one JSON object { command, args, log, removeAtEnd? }. Prints the broker's process id.
 */
import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';

const { command, args, log, removeAtEnd } = JSON.parse(process.argv[2]);
const output = openSync(log, 'a');
const broker = spawn(command, args, { stdio: ['ignore', output, output] });
broker.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
if (broker.pid) process.stdout.write(`${broker.pid}\n`);

// Ctrl-C reaches the whole terminal: the owner decides what it means.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
// A stopped owner may have closed our output; that is no reason to leave the broker behind.
process.stdout.on('error', () => undefined);

process.stdin.resume();
process.stdin.on('end', end);
process.stdin.on('error', end);

function end() {
  broker.kill('SIGTERM');
  setTimeout(() => broker.kill('SIGKILL'), 10_000).unref();
}

broker.on('exit', () => {
  if (removeAtEnd) rmSync(removeAtEnd, { recursive: true, force: true });
  process.exit(0);
});
