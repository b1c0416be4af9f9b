import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Programs take the time of business from one place that tests and trials can set (libs/time). How long something takes
 * or may take is measured by `performance.now()`, which nobody sets. Here is what may look at another clock, and why.
 */
const BY_THE_MACHINE: Readonly<Record<string, string>> = {
  'libs/time/src/clock.ts': 'the place itself',
  'libs/program/src/program-lock.ts': 'a machine that slept must notice it: its monotonic clock may have stood still',
  'apps/publisher/src/kafka/produce-patch.ts': 'the time of a Kafka record, as kafkajs gives it',
  'apps/publisher/src/kafka/request-queue-patch.ts': 'how kafkajs says until when a broker throttles',
  'apps/demo/src/life.ts': 'a client of the service, with a clock of its own',
};
const BY_THE_DATABASE: Readonly<Record<string, string>> = {
  'libs/timers/src/claim.ts': 'leases; and by default, when timers are due: timersNow',
  'libs/timers/src/status.ts': 'likewise',
  'libs/timers/src/migrations.ts': 'when a timer was set, for its figures',
  'libs/ledger/src/follow/checkpoint.ts': 'leases, and when a checkpoint was moved',
  'libs/ledger/src/follow/lease.ts': 'leases',
  'libs/ledger/src/copy/stored-positions.ts': 'when a checkpoint was moved',
  'libs/ledger/src/adapters/postgres/migrations.ts': 'when a row was written',
  'libs/read-models/src/generations.ts': 'leases, and when a generation was switched',
  'libs/read-models/src/switching.ts': 'when a generation was switched',
  'libs/read-models/src/migrations.ts': 'when a generation was made',
  'libs/privacy/src/erase.ts': 'an erasure spares younger keys, and keys are dated by the database',
  'libs/ledger/src/follow/subscriptions.ts': 'leases',
};
const MACHINE = /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\bTemporal\.Now\b/;
const DATABASE =
  /\b(clock|statement|transaction)_timestamp\(\)|\bcurrent_(date|time|timestamp)\b|(?<![.\w])now\(\)(?!\s*[:{])/i;

const sourcesIn = async (place: string): Promise<string[]> =>
  (await readdir(place, { recursive: true }))
    .filter((name) => /\.(ts|mts|mjs|sql)$/.test(name) && !/\.(spec|stories|contract)\.ts$/.test(name))
    .map((name) => join(place, name).replaceAll('\\', '/'));

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*|--.*/g, '');

const thatSay = async (what: RegExp): Promise<string[]> => {
  const found: string[] = [];
  for (const source of [...(await sourcesIn('apps')), ...(await sourcesIn('libs'))])
    if (what.test(withoutComments(await readFile(source, 'utf8')))) found.push(source);
  return found.sort();
};

describe('the time of business', () => {
  it('is asked of the machine in one place only', async () =>
    expect(await thatSay(MACHINE)).toEqual(Object.keys(BY_THE_MACHINE).sort()));

  it('is asked of the database for its own bookkeeping only', async () =>
    expect(await thatSay(DATABASE)).toEqual(Object.keys(BY_THE_DATABASE).sort()));

  it('would be found wherever somebody asked for it', () => {
    for (const code of ['const now = new Date();', 'Date.now() - since', '[].map(Date.now)'])
      expect(code).toMatch(MACHINE);
    for (const sql of [
      'due < now()',
      'set at = clock_timestamp()',
      'values (now(), $1)',
      'current_timestamp',
      `now() - interval '1 day'`,
    ])
      expect(sql).toMatch(DATABASE);
    for (const code of ['clock()', 'desk.now()', 'performance.now()', 'new Date(instant)']) {
      expect(code).not.toMatch(MACHINE);
      expect(code).not.toMatch(DATABASE);
    }
  });
});
