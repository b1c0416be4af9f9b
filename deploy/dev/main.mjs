/** `npm run dev`: the standalone service, compiled and restarted on each change. Its data stays. Ctrl-C stops it. */
import { createRequire } from 'node:module';
import { restarting } from './restarting.mjs';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { ended, stop } = restarting({
  compiler: [tsc, '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  program: ['dist/apps/standalone/src/main.js'],
  report: (line) => line !== '' && process.stdout.write(`[dev] ${line}\n`),
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().then(() => process.exit(0)));
await ended;
await stop();
