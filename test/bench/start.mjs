/**
 * `npm run bench`: compiles the sources as they are now into ECMAScript modules, without source maps, and measures them
 * as they run in production. `BENCH_NODE_FLAGS="--cpu-prof"` hands flags to the measured process.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const place = mkdtempSync(join(tmpdir(), 'redress-bench-'));

const compile = (source) => {
  const { code } = transformSync(readFileSync(join(root, source), 'utf8'), {
    filename: source,
    swcrc: false,
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, verbatimModuleSyntax: true },
      rewriteRelativeImportExtensions: true,
    },
    module: { type: 'es6' },
  });
  const target = join(place, source.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
};

writeFileSync(join(place, 'package.json'), '{"type":"module"}');
for (const name of ['node_modules', 'deploy']) symlinkSync(join(root, name), join(place, name), 'junction');
for (const room of ['apps', 'libs', 'test/bench'])
  for (const name of readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }))
    if (/(?<!\.(spec|contract|stories|d))\.ts$/.test(name)) compile(join(room, name));

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
