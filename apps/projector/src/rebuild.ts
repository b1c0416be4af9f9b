import { openParts } from '#program/program-dependencies';
import { makeLog } from '#program/log';
import { embeddedUrl } from '#postgres/embedded';
import { readSettings } from '#settings/settings';
import { runReadModelCommand } from './read-model-command.ts';

/** `npm run rebuild -- <what>`: read models anew from the facts, beside the live ones, while the service answers. */
const main = async (): Promise<number> => {
  const settings = readSettings(process.env, { standalone: true });
  const databaseUrl = settings.databaseUrl ?? embeddedUrl(settings.dataDir);
  if (databaseUrl === undefined)
    throw new Error(`No database runs on ${settings.dataDir}. Start the service (npm start), or set DATABASE_URL.`);
  const log = makeLog('warn');
  const parts = await openParts(settings, { databaseUrl, name: 'rebuild', mint: false, log });
  const end = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end.abort());
  try {
    return await runReadModelCommand(process.argv.slice(2), {
      ...parts,
      signal: end.signal,
      log,
      say: (line) => console.log(line),
      ...(process.stderr.isTTY && { progress: (line: string) => void process.stderr.write(`\r\u001b[K${line}`) }),
    });
  } finally {
    await parts.close();
  }
};

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
