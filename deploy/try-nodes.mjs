/**
 * `npm run nodes [-- VERSION…]`: tries a fresh copy of this checkout on each Node that we support, with the npm that such
 * a Node brings: install (any warning fails), build, start and stop of the standalone program, a short suite.
 * Node and npm come from the registry (packages `node-<platform>-<arch>` and `npm`) into a directory for temporary files.
 */
import { spawn, execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The oldest that `engines` allows and the newest of each line, each with the npm of its distribution. */
const TRIED = [
  { node: '20.19.0', npm: '10.8.2' },
  { node: '20.20.2', npm: '10.8.2' },
  { node: '22.13.0', npm: '10.9.2' },
  { node: '22.23.3', npm: '10.9.8' },
  { node: '24.21.0', npm: '11.19.1' },
  { node: '26.10.0', npm: '11.19.1' },
];
const SUITE = ['libs/fact', 'libs/complaint', 'libs/calendar', 'libs/privacy', 'apps/api/src'];
const START_SECONDS = 120;
const WARNING = /\bwarn|deprecated|npm error/i;
/** What npm says of the configuration of whoever runs this, not of the checkout. */
const SURROUNDINGS_WARNED = /^npm warn Unknown (user|global|env|builtin) config.*$/gim;
/** What a try keeps of the environment: no settings of ours, and none of the npm that runs this. */
const SURROUNDINGS = /^(home|tmpdir|temp|systemroot|userprofile|.*_proxy|node_extra_ca_certs|ssl_cert_.*)$/i;

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cache = join(tmpdir(), 'redress-nodes');
const print = (text) => process.stdout.write(text);

/** Where `name@version` lies, fetched once. */
const fetched = (name, version, inner = name) => {
  const place = join(cache, `${name}-${version}`);
  const found = join(place, 'node_modules', inner);
  if (!existsSync(found)) {
    mkdirSync(place, { recursive: true });
    const install = ['install', '--prefix', place, '--no-save', '--no-audit', '--no-fund', `${name}@${version}`];
    execFileSync('npm', install, { stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
  }
  return found;
};

/** What is tracked or new in this checkout, as it is now; ignored files stay behind. */
const copyCheckout = (place) => {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of new Set(listed.toString().split('\0')))
    if (file && existsSync(join(root, file))) cpSync(join(root, file), join(place, file), { recursive: true });
};

/** The versions that the lock file names; how it is written differs from one npm to the next. */
const locked = (place) => {
  const { packages } = JSON.parse(readFileSync(join(place, 'package-lock.json'), 'utf8'));
  const versions = Object.entries(packages).map(([name, { version, integrity }]) => [name, version, integrity]);
  return JSON.stringify(versions.sort(([one], [other]) => (one < other ? -1 : 1)));
};

const ended = (child) => new Promise((done) => child.once('close', (code, signal) => done({ code, signal })));

const run = async (command, args, options) => {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const { code } = await ended(child);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${said}`);
  return said;
};

const startAndStop = async (node, place, env) => {
  const settings = { ...env, PORT: '0', DATA_DIR: join(place, 'data') };
  const main = join(place, 'dist/apps/standalone/src/main.js');
  const child = spawn(node, [main], { cwd: place, env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = ended(child);
  const patience = performance.now() + START_SECONDS * 1000;
  let said = '';
  const ready = new Promise((found) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        said += text;
        const url = /^ {2}API\s+(http:\S+)/m.exec(said)?.[1];
        if (url) found(url);
      });
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), START_SECONDS * 1000);
  try {
    const url = await Promise.race([ready, end.then(() => undefined)]);
    if (url === undefined) throw new Error(`the program does not start:\n${said}`);
    for (;;) {
      const health = await fetch(`${url}/health/ready`);
      if (health.ok) break;
      if (performance.now() > patience) throw new Error(`not ready (${health.status}): ${await health.text()}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    child.kill('SIGTERM');
    const { code, signal } = await end;
    if (code !== 0) throw new Error(`SIGTERM ended with ${code ?? signal}:\n${said}`);
    if (/warning/i.test(said)) throw new Error(`the program warns:\n${said}`);
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
};

const attempt = async ({ node: version, npm: npmVersion }) => {
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const node = join(fetched(`node-${platform}`, version), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const npm = join(fetched('npm', npmVersion), 'bin/npm-cli.js');
  const place = mkdtempSync(join(tmpdir(), 'redress-node-'));
  chmodSync(place, 0o755); // a PostgreSQL started by root runs as somebody else, who must get in
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => SURROUNDINGS.test(name))),
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
  };
  const options = { cwd: place, env };
  const step = async (name, work) => {
    const begin = performance.now();
    const said = await work();
    print(` · ${name} ${((performance.now() - begin) / 1000).toFixed(0)} s`);
    return said;
  };
  try {
    copyCheckout(place);
    const before = locked(place);
    print(`Node ${version}, npm ${npmVersion}`);
    const install = await step('install', () => run(node, [npm, 'install', '--foreground-scripts=false'], options));
    if (WARNING.test(install.replaceAll(SURROUNDINGS_WARNED, ''))) throw new Error(`npm install warns:\n${install}`);
    if (locked(place) !== before) throw new Error('npm install takes other versions than package-lock.json names');
    await step('build', () => run(node, [npm, 'run', 'build'], options));
    await step('start and stop', () => startAndStop(node, place, env));
    await step('suite', () => run(node, [join(place, 'node_modules/jest/bin/jest.js'), ...SUITE, '--silent'], options));
    print(' · all well\n');
    return true;
  } catch (error) {
    print(`\n✗ Node ${version}: ${error.message}\n`);
    return false;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
};

const wanted = process.argv.slice(2);
const versions = TRIED.filter(({ node }) => wanted.length === 0 || wanted.some((version) => node.startsWith(version)));
const results = [];
for (const version of versions) results.push(await attempt(version));
process.exit(results.length > 0 && results.every(Boolean) ? 0 : 1);
