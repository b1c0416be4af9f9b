import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { tableOf, type Table } from './frame.ts';
import type { LoadDone, LoadOrder } from './load.ts';
import type { Place } from './place.ts';
import { MESSAGE, receiveSome, startProgram, surroundings } from './service.ts';

/** The standalone process: how soon it is ready, and whether it grows. */

const COMMANDS = 100_000;
const MARKS = 10;
/** Looks between two marks: the least of so many counts, for the heap in use is a saw-tooth that collecting cuts. */
const LOOKS = 10;

export const standing: Bench = {
  name: 'standing',
  means: `start to ready, and memory of the standalone process: idle, and up to ${COMMANDS.toLocaleString('en')} commands`,
  run: async (place, { rounds, quick }) => [
    await starting(place, rounds),
    ...(await growing(place, quick ? 200 : COMMANDS)),
  ],
};

/** A first start makes its PostgreSQL and all tables; a later one finds them. */
const starting = async (place: Place, rounds: number): Promise<Table> => {
  const [first, later]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const settings = {
      ...(await surroundings(place)),
      DATA_DIR: join(await mkdtemp(join(place.room, 'start-')), 'data'),
    };
    for (const [name, figures] of [
      ['first', first],
      ['later', later],
    ] as const) {
      const { readyAfter, stop } = await startProgram(place, 'standalone/src/main.js', settings);
      figures.push(readyAfter);
      await stop();
      place.say(`start to ready, round ${round + 1} of ${rounds}: ${name} ${readyAfter.toFixed(2)} s`);
    }
  }
  return tableOf(
    { title: 'Standalone, start to ready', unit: 's', better: 'lower', baseline: 'every later start' },
    rounds,
    new Map([
      ['every later start', later],
      ['the first start, which makes the database', first],
    ]),
  );
};

/** MiB. */
interface Look {
  readonly resident: number;
  readonly heap: number;
}

/** One run: with a message each to complaints that stay small. Two figures, from the process itself. */
const growing = async (place: Place, commands: number): Promise<Table[]> => {
  const settings = { ...(await surroundings(place)), DATA_DIR: join(await mkdtemp(join(place.room, 'grow-')), 'data') };
  const program = await startProgram(place, 'standalone/src/main.js', settings);
  const client = await place.helper('./load.js');
  const look = async (): Promise<Look> => {
    const text = await (await fetch(`${program.url}/metrics`)).text();
    const gauge = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]) / 2 ** 20;
    return { resident: gauge('process_resident_memory_bytes'), heap: gauge('nodejs_heap_size_used_bytes') };
  };
  const figures = new Map<string, Look>();
  const note = (when: string, looks: readonly Look[]): void => {
    const least = (of: keyof Look): number => Math.min(...looks.map((one) => one[of]));
    const { resident, heap } = { resident: least('resident'), heap: least('heap') };
    figures.set(when, { resident, heap });
    place.say(`memory, ${when}: resident ${resident.toFixed(0)} MiB, heap used ${heap.toFixed(0)} MiB`);
  };
  const idle: Look[] = [];
  while (idle.length < 5) {
    await new Promise((resolve) => setTimeout(resolve, commands > 1000 ? 1000 : 50));
    idle.push(await look());
  }
  note('idle', idle);
  const looks: Look[] = [];
  const after = (mark: number): string => `after ${((commands * mark) / MARKS).toLocaleString('en')} commands`;
  while (looks.length < MARKS * LOOKS) {
    const step = commands / MARKS / LOOKS;
    const ids = await receiveSome(program.url, Math.ceil(step / 10));
    await client.ask<LoadDone>({
      port: program.port,
      connections: 32,
      seconds: 3_600,
      most: step - ids.length,
      paths: ids.map((id) => `/v1/complaints/${id}/messages`),
      bodies: [MESSAGE],
    } satisfies LoadOrder);
    looks.push(await look());
    // Around a mark; at the last one, up to it.
    const begin = looks.length - LOOKS;
    if (begin >= LOOKS / 2 && (begin - LOOKS / 2) % LOOKS === 0)
      note(after((begin + LOOKS / 2) / LOOKS), looks.slice(begin));
  }
  note(after(MARKS), looks.slice(-LOOKS));
  await program.stop();
  await client.stop();
  const table = (title: string, of: keyof Look): Table =>
    tableOf(
      { title, unit: 'MiB', better: 'lower', baseline: after(1), goals: { [after(MARKS)]: 1.2 } },
      1,
      new Map([...figures].map(([when, figure]) => [when, [figure[of]]])),
      [
        `The Node process alone, by its own metrics. One run, no rounds. Each figure is the least of ${LOOKS} looks around it ` +
          `(at the end, of the last ${LOOKS}), one every ${(commands / MARKS / LOOKS).toLocaleString('en')} commands: ` +
          'what lies about until it is collected does not count.',
      ],
    );
  return [table('Standalone, resident memory', 'resident'), table('Standalone, heap in use', 'heap')];
};
