import { FAULTS, runCampaign } from './campaign.ts';
import { missingForKafka } from './world/kafka.ts';

const USAGE = `npm run chaos -- [--seed N] [--rounds N] [--ledger postgres|eventstoredb] [--faults a,b] [--clerks N] [--no-kafka]
Plays faults under load against the whole service, and has an independent checker look at what is left.
The same seed plays the same faults and the same requests.
${FAULTS.map(({ name, means }) => `  ${name.padEnd(20)} ${means}`).join('\n')}`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const main = async (): Promise<number> => {
  const given = optionsIn(process.argv.slice(2));
  if (!given) {
    say(USAGE);
    return process.argv.includes('--help') ? 0 : 2;
  }
  const missing = given.kafka ? missingForKafka() : ['it, as you wished'];
  if (missing.length > 0) say(`WITHOUT KAFKA: ${missing.join(' and ')} not found here.`);
  if (missing.length > 0 && process.env['REQUIRE_ALL'] === '1') return 1;
  const started = Date.now();
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const { violations, counts, evidence } = await runCampaign({
    ...given,
    kafka: missing.length === 0,
    replicas: { api: 2, projector: 2, publisher: 2, 'process-manager': 2 },
    faultsPerRound: [2, 3],
    short: false,
    say,
    signal: interrupted.signal,
  });
  if (evidence !== undefined) say(`The evidence is kept in ${evidence}`);
  const told = Object.entries({ ...counts, seconds: Math.round((Date.now() - started) / 1000) });
  say(`seed ${given.seed}: ${told.map(([name, count]) => `${count} ${name}`).join(', ')}`);
  return violations.length > 0 ? 1 : 0;
};

const optionsIn = (args: readonly string[]) => {
  const given = { seed: Date.now() % 100_000, rounds: 5, clerks: 10, kafka: true };
  let ledger: 'postgres' | 'eventstoredb' = 'postgres';
  let faults: string[] | undefined;
  for (let index = 0; index < args.length; index++) {
    const [name, value = ''] = [args[index], args[index + 1]];
    if (name === '--no-kafka') given.kafka = false;
    else if ((name === '--seed' || name === '--rounds' || name === '--clerks') && /^\d{1,9}$/.test(value)) {
      given[name.slice(2) as 'seed'] = Number(value);
      index++;
    } else if (name === '--ledger' && (value === 'postgres' || value === 'eventstoredb')) {
      ledger = value;
      index++;
    } else if (name === '--faults' && value.split(',').every((one) => FAULTS.some((fault) => fault.name === one))) {
      faults = value.split(',');
      index++;
    } else return undefined;
  }
  return { ...given, ledger, ...(faults && { faults }) };
};

main().then(
  // What was cut off may still be under way.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${(error as Error).stack}\n`);
    process.exit(1);
  },
);
