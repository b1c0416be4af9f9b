import type { Bench } from './bench.ts';
import { prepare } from './appends.ts';
import { compare, type Contestant } from './frame.ts';
import type { LoadDone, LoadOrder } from './load.ts';
import { INTAKE, MESSAGE, receiveSome, startProgram, surroundings } from './service.ts';

/** One command over HTTP at 32 connections: what rules, streams, keys and the chain cost beside the door itself. */

const CONNECTIONS = 32;
/** Few facts each, as complaints have, and so many that requests seldom meet at one. */
const COMPLAINTS = 2_000;

export const http: Bench = {
  name: 'http',
  means: 'one command over HTTP at 32 connections, against the same door with one bare insert behind it',
  run: async (place, { rounds, seconds, quick }) => {
    const own = await place.database();
    const other = await place.database();
    await prepare(other.url);
    const settings = await surroundings(place, own.url);
    const api = await startProgram(place, 'api/src/main.js', settings);
    const replica = await startProgram(place, 'api/src/main.js', settings);
    const bare = await place.helper('./bare-door.js', { BARE_DATABASE_URL: other.url });
    const client = await place.helper('./load.js');
    const { port: barePort } = bare.said as { port: number };

    let complaints: string[] = [];
    const at = (port: number, more: Partial<LoadOrder> = {}): Promise<LoadDone> =>
      client.ask<LoadDone>({
        port,
        connections: CONNECTIONS,
        seconds,
        paths: complaints.map((id) => `/v1/complaints/${id}/messages`),
        bodies: [MESSAGE],
        ...more,
      } satisfies LoadOrder);
    const perSecond = async (done: Promise<LoadDone>): Promise<number> => (await done).perSecond;
    const contestants: Contestant[] = [
      { name: 'bare insert behind the door', measure: () => perSecond(at(barePort)) },
      {
        name: 'redress, a message',
        measure: async () => {
          // Fresh ones each time: streams grow, and what is measured is a command and not an old complaint.
          complaints = await receiveSome(api.url, quick ? 10 : COMPLAINTS);
          return perSecond(at(api.port));
        },
      },
      {
        name: 'redress, a message to what another process received',
        measure: async () => {
          complaints = await receiveSome(api.url, quick ? 10 : COMPLAINTS);
          // One each: after its first message a complaint is known to the process.
          return perSecond(at(replica.port, { most: complaints.length }));
        },
      },
      {
        name: 'redress, an intake',
        measure: () => perSecond(at(api.port, { paths: ['/v1/complaints'], bodies: [INTAKE] })),
      },
    ];
    complaints = await receiveSome(api.url, 10);
    const table = await compare(
      {
        title: `Commands over HTTP, ${CONNECTIONS} connections`,
        unit: 'commands/s',
        better: 'higher',
        baseline: 'bare insert behind the door',
        goals: { 'redress, a message': 0.8 },
        contestants,
      },
      rounds,
      place.say,
    );
    for (const process of [api, replica, bare, client]) await process.stop();
    for (const database of [own, other]) await database.drop();
    return [
      {
        ...table,
        notes: [
          'Both sides: the same Nest and Fastify, guards, validation, log and metrics; the service in one process, the ' +
            'client in another, PostgreSQL in a third, on two cores. A message goes to a complaint of few facts, which this ' +
            'process has written to before and remembers; one that it does not remember is read first.',
        ],
      },
    ];
  },
};
