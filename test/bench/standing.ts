import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { tableOf, type Table } from './frame.ts';
import type { LoadDone, LoadOrder } from './load.ts';
import type { Place } from './place.ts';
import { MESSAGE, receiveSome, startProgram, surroundings } from './service.ts';

/** The standalone process: how soon it is ready, and whether it grows. */

const COMMANDS = 100_000;
const STEPS = 10;

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

/** One run: with a message each to complaints that stay small. Two figures, from the process itself. */
const growing = async (place: Place, commands: number): Promise<Table[]> => {
  const settings = { ...(await surroundings(place)), DATA_DIR: join(await mkdtemp(join(place.room, 'grow-')), 'data') };
  const program = await startProgram(place, 'standalone/src/main.js', settings);
  const client = await place.helper('./load.js');
  const [residents, heaps] = [new Map<string, number[]>(), new Map<string, number[]>()];
  const after = (step: number): string => `after ${((commands * step) / STEPS).toLocaleString('en')} commands`;
  const look = async (when: string): Promise<void> => {
    // What lies about is collected while nothing happens; the least of some looks counts.
    const looks: { resident: number; heap: number }[] = [];
    for (let look = 0; look < 5; look++) {
      await new Promise((resolve) => setTimeout(resolve, commands > 1000 ? 1000 : 50));
      const text = await (await fetch(`${program.url}/metrics`)).text();
      const gauge = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]) / 2 ** 20;
      looks.push({ resident: gauge('process_resident_memory_bytes'), heap: gauge('nodejs_heap_size_used_bytes') });
    }
    const resident = Math.min(...looks.map((one) => one.resident));
    const heap = Math.min(...looks.map((one) => one.heap));
    residents.set(when, [resident]);
    heaps.set(when, [heap]);
    place.say(`memory, ${when}: resident ${resident.toFixed(0)} MiB, heap used ${heap.toFixed(0)} MiB`);
  };
  await look('idle');
  for (let step = 1; step <= STEPS; step++) {
    const ids = await receiveSome(program.url, Math.ceil(commands / STEPS / 10));
    await client.ask<LoadDone>({
      port: program.port,
      connections: 32,
      seconds: 3_600,
      most: commands / STEPS - ids.length,
      paths: ids.map((id) => `/v1/complaints/${id}/messages`),
      bodies: [MESSAGE],
    } satisfies LoadOrder);
    await look(after(step));
  }
  await program.stop();
  await client.stop();
  const table = (title: string, figures: ReadonlyMap<string, number[]>): Table =>
    tableOf({ title, unit: 'MiB', better: 'lower', baseline: after(1), goals: { [after(STEPS)]: 1.2 } }, 1, figures, [
      'The Node process alone, by its own metrics. One run, no rounds.',
    ]);
  return [table('Standalone, resident memory', residents), table('Standalone, heap in use', heaps)];
};
