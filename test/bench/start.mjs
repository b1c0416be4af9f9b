/**
 * `npm run bench`: compiles the sources as they are now into ECMAScript modules, without source maps, and measures them
 * as they run in production. `BENCH_NODE_FLAGS="--cpu-prof"` hands flags to the measured process.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSources } from '../support/build-sources.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const place = mkdtempSync(join(tmpdir(), 'redress-bench-'));

buildSources(root, place, ['apps', 'libs', 'test/bench']);
symlinkSync(join(root, 'deploy'), join(place, 'deploy'), 'junction');

const flags = (process.env.BENCH_NODE_FLAGS ?? '').split(' ').filter(Boolean);
const child = spawn(process.execPath, [...flags, join(place, 'test/bench/main.js'), ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
  stdio: 'inherit',
});
// Ctrl-C reaches the child too; it tidies up and ends first.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  rmSync(place, { recursive: true, force: true });
  process.exitCode = code ?? (signal ? 1 : 0);
});
