import type { Violation } from './check/evidence.ts';
import { pause } from './load/clerk.ts';
import type { World } from './world/world.ts';

/** How long everything may take to come to rest once all is up again: leases, back-offs and broken connections included. */
const PATIENCE_MS = 120_000;

/** Waits until everything is up, ready and caught up, and nothing is due. Answers when that was, or what was still amiss. */
export const comeToRest = async (world: World): Promise<{ restedAt: number } | Violation> => {
  let amiss = 'nothing was looked at';
  let head = '';
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await pause(300)) {
    amiss = await whatIsAmiss(world).catch((error: Error) => error.message);
    if (amiss !== '') continue;
    const now = await headOf(world).catch(() => '');
    if (now !== '' && now === head) return { restedAt: Date.now() };
    head = now;
  }
  return { rule: 'everything comes to rest', found: amiss || `the head still moves: ${head}` };
};

const whatIsAmiss = async (world: World): Promise<string> => {
  for (const replica of world.replicas) {
    const health = await replica.health();
    if (health?.status !== 200)
      return `${replica.name}: ${health ? `${health.status} ${health.failing.join('; ')}` : 'no answer'}`;
    const behind = Object.entries((await replica.lags()) ?? { unknown: 1 }).filter(([, lag]) => lag > 0);
    if (behind.length > 0) return `${replica.name}: ${behind.map(([name, lag]) => `${name} ${lag} behind`).join(', ')}`;
  }
  const [row] = await world.cluster.query<{ due: number; parked: number }>(
    `select (select count(*)::int from es.timers where fired_at is null and due_at <= now() + interval '2 seconds') as due,
            (select count(*)::int from es.parked) as parked`,
  );
  return row!.due + row!.parked > 0 ? `${row!.due} timers due, ${row!.parked} facts parked` : '';
};

/** By the public feed, on whichever ledger. */
const headOf = async (world: World): Promise<string> => {
  const answer = await fetch(`http://${world.doors()[0]!.at}/v1/events/latest-position`);
  return answer.status === 200 ? JSON.stringify(await answer.json()) : '';
};
