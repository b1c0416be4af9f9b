import type { Violation } from '../check/evidence.ts';
import { PRIVATE_WORDS } from '../load/lives.ts';
import type { World } from '../world/world.ts';

/** What the programs said, and how they ended: nobody's words in a log, no error that nobody caught, no death of its own. */
export const checkSaid = (world: World): Violation[] =>
  world.replicas.flatMap((replica) => {
    const { log, errors } = replica.said();
    return [
      ...replica.crashes.map((found) => ({ rule: 'no program ends by itself', found })),
      ...PRIVATE_WORDS.filter((words) => log.includes(words) || errors.includes(words)).map((words) => ({
        rule: 'nobody’s words reach a log',
        found: `${replica.name}: ${words}`,
      })),
      ...(/\n {4}at /.test(errors)
        ? [{ rule: 'no error is left uncaught', found: `${replica.name}: ${errors.trim().slice(0, 500)}` }]
        : []),
    ];
  });
