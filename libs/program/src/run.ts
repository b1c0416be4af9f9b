import type { Logger } from 'pino';
import { StoreUnavailable } from '#ledger/stream/port';
import { helpText } from '#settings/help';
import { readSettings, type Settings } from '#settings/settings';
import { makeLog } from './log.ts';

/** A program that stands. */
export interface Running {
  /** Finishes what is in flight and lets go of everything. */
  stop(): Promise<void>;
  /** Rejects or resolves when it ended without being asked to; the process then ends with a failure. */
  readonly broken?: Promise<unknown>;
}

export interface Program {
  readonly name: string;
  /** One line for `--help`. */
  readonly means: string;
  readonly standalone?: boolean;
  start(settings: Settings, log: Logger): Promise<Running>;
}

/**
 * How long a clean stop may take before the process ends anyway, in milliseconds: longer than a command in flight is
 * patient with a ledger that is away (append-patiently.ts), so that it is answered. Whoever stops us waits longer still
 * (`stop_grace_period` in deploy/compose.yaml).
 */
const FAREWELL_MS = 40_000;

/** Runs a program as a process: settings, help, a sentence for what stops the start, SIGTERM and SIGINT for a clean stop. */
export const run = async (program: Program): Promise<void> => {
  if (process.argv.includes('--help')) {
    process.stdout.write(`${program.name}: ${program.means}\n\n${helpText()}`);
    return;
  }
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal));
  });
  let running: Running;
  let log: Logger;
  try {
    const settings = readSettings(process.env, { standalone: program.standalone ?? false });
    log = makeLog(settings.logLevel);
    const starting = program.start(settings, log);
    const first = await Promise.race([starting, stopped]);
    // Asked to stop while starting: let the start end, so that nothing is left behind.
    if (typeof first === 'string') return await starting.then((early) => early.stop());
    running = first;
  } catch (error) {
    // What stops a start says so in a sentence made for the operator; anything else shows where it happened.
    process.stderr.write(`${program.name} does not start. ${sentenceOf(error)}\n`);
    process.exitCode = 1;
    return;
  }
  const broken = running.broken?.then(
    () => 'broken',
    () => 'broken',
  );
  const why = await Promise.race([stopped, ...(broken ? [broken] : [])]);
  if (why === 'broken') process.exitCode = 1;
  log.info({ why }, 'stopping');
  const farewell = setTimeout(() => {
    log.error({ why }, 'the stop timed out');
    process.exit(1);
  }, FAREWELL_MS);
  await running.stop();
  clearTimeout(farewell);
  log.info({}, 'stopped');
};

export const sentenceOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'A non-Error value was thrown.';
  const { code, port, address } = innermost(error) as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE')
    return `PORT ${port} is taken on ${address}: stop what listens there, or choose another PORT.`;
  if (code === 'EACCES' && port !== undefined) return `PORT ${port} may not be listened on: choose one from 1024 on.`;
  if (code === 'EADDRNOTAVAIL') return `HOST ${address} is no address of this machine.`;
  if (code !== undefined && /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|57P03)$/.test(code))
    return `The database of DATABASE_URL does not answer (${code}).`;
  if (code === '28P01' || code === '28000' || code === '3D000')
    return `The database of DATABASE_URL turns us away (${code}): look at its user, password and name.`;
  if (error instanceof StoreUnavailable) return `The ledger cannot be used: ${error.message}.`;
  if (error.name !== 'Error' && error.name !== 'TypeError') return error.message;
  return error.stack ?? error.message;
};

/** A name with several addresses fails with one error for each. */
const innermost = (error: Error): Error =>
  error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
