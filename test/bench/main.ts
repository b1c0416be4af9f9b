import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { appends } from './appends.ts';
import type { Bench, Effort } from './bench.ts';
import { folding } from './folding.ts';
import { http } from './http.ts';
import { latency } from './latency.ts';
import { machineOf } from './machine.ts';
import { openPlace } from './place.ts';
import { projecting } from './projecting.ts';
import { publishing } from './publishing.ts';
import { scales } from './scales.ts';
import { standing } from './standing.ts';
import { markdownOf, markdownOfReport, summaryOf, type Report } from './report.ts';

/** `npm run bench -- --help` */
const BENCHES: readonly Bench[] = [appends, http, folding, projecting, publishing, latency, standing, scales];

const HELP = `npm run bench [-- options]

  --only a,b         of: ${BENCHES.map(({ name }) => name).join(', ')}
  --rounds N         counted rounds, after one that is not (5)
  --seconds N        how long one measurement of throughput lasts (3)
  --scales 1e4,1e6   how many facts lie in the ledger, for \`scales\` (1e4,1e6,1e7)
  --quick            one short round of each, to see that all run
  --json FILE        the same figures for machines
  --markdown FILE    the same tables in Markdown
  --document FILE    measures nothing: writes the figures of a --json FILE into docs/performance.md

BENCH_POSTGRES_URL, KAFKA_BROKERS and EVENTSTORE_URL name servers to measure on; else PostgreSQL and Kafka are started,
and EventStoreDB is left out.

${BENCHES.map(({ name, means }) => `  ${name.padEnd(12)} ${means}`).join('\n')}
`;

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      scales: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      markdown: { type: 'string' },
      document: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  if (values.document) return writeDocument(values.document);
  const { quick } = values;
  const effort: Effort = {
    quick,
    rounds: positive('rounds', values.rounds, quick ? 1 : 5),
    seconds: positive('seconds', values.seconds, quick ? 0.1 : 3),
    scales: (values.scales ?? (quick ? '1e3' : '1e4,1e6,1e7')).split(',').map((scale) => positive('scales', scale, 0)),
  };
  const chosen = values.only?.split(',');
  for (const name of chosen ?? [])
    if (!BENCHES.some((bench) => bench.name === name)) throw new Error(`there is no benchmark ${name}; see --help`);

  const place = await openPlace();
  const giveUp = (error?: unknown): void => {
    if (error instanceof Error) process.stderr.write(`${error.stack ?? error.message}\n`);
    void place.close().finally(() => process.exit(1));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => giveUp());
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) process.once(fault, giveUp);
  try {
    const report = {
      takenAt: new Date().toISOString(),
      quick,
      machine: await machineOf(place.server),
      benches: [] as { name: string; means: string; tables: Report['benches'][number]['tables'] }[],
    };
    for (const { name, means, run } of BENCHES.filter((bench) => !chosen || chosen.includes(bench.name))) {
      const tables = await run(place, effort);
      report.benches.push({ name, means, tables });
      for (const table of tables) place.say(`\n${markdownOf(table)}`);
      // Written after each, so that a run that is cut short is not lost.
      if (values.json) await writeFile(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
      if (values.markdown) await writeFile(values.markdown, markdownOfReport(report));
    }
    process.stdout.write(markdownOfReport(report));
  } finally {
    await place.close();
  }
};

const [BEGIN, END] = ['<!-- performance:begin -->', '<!-- performance:end -->'];

const DOCUMENT = 'docs/performance.md';

const writeDocument = async (file: string): Promise<void> => {
  const report = JSON.parse(await readFile(file, 'utf8')) as Report;
  const document = await readFile(DOCUMENT, 'utf8');
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error(`${DOCUMENT} has no place between ${BEGIN} and ${END}`);
  await writeFile(DOCUMENT, `${before}${BEGIN}\n${summaryOf(report)}\n${END}${after}`);
};

const positive = (name: string, text: string | undefined, otherwise: number): number => {
  const number = text === undefined ? otherwise : Number(text);
  if (!(number > 0)) throw new Error(`--${name} must be a positive number`);
  return number;
};

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
