import { sentenceOf } from '#program/run';
import { commands } from './commands/all.ts';
import { operate } from './operate.ts';

/** `npm run operate -- <command>`: what is done to a deployment now and then, by the person who runs it. */
const end = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort());
const watched = process.stderr.isTTY;
const wipe = watched ? '\r\u001b[K' : '';
/** Where nobody watches, a log is read: one line in so many milliseconds. */
const LOGGED_MS = 30_000;
let logged = performance.now();

operate(commands, process.argv.slice(2), {
  say: (line) => {
    if (watched) process.stderr.write(wipe);
    process.stdout.write(`${line}\n`);
  },
  progress: (line) => {
    if (watched) return void process.stderr.write(`${wipe}${line}`);
    if (performance.now() - logged < LOGGED_MS) return;
    logged = performance.now();
    process.stdout.write(`${line}\n`);
  },
  signal: end.signal,
  environment: process.env,
}).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${wipe}${sentenceOf(error)}\n`);
    process.exitCode = 1;
  },
);
