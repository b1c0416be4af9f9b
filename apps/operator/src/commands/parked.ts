import { openingAll } from '#program/opened';
import { listParked } from '#ledger/follow/parking';
import type { Command, ExitCode } from '../command.ts';
import { optionsOf } from '../options.ts';
import { openPool } from '../ledger-location.ts';

/** Streams shown at most. */
const LIMIT = 1_000;

export const parked: Command = {
  name: 'parked',
  means: 'Lists the facts that a follower could not apply, and how many wait behind each.',
  usage: `operate parked [--subscription <name>]

One line for each stream: the fact that failed, why (a class and a code; a message may quote a person), how often it was
tried, and how many facts of its stream wait behind it.`,
  run: (args, settings, out) =>
    openingAll(async (opened): Promise<ExitCode> => {
      const { subscription } = optionsOf(args, ['subscription']);
      try {
        const { pool } = await openPool(settings, opened);
        const streams = await listParked(pool, { subscription, limit: LIMIT + 1 });
        for (const one of streams.slice(0, LIMIT))
          out.say(
            `${one.subscription}  ${one.stream}  ${one.error}, tried ${one.attempts} times, since ${one.since.toISOString()}, ` +
              `${one.behind} behind it, at ${one.position}`,
          );
        if (streams.length > LIMIT) out.say('… and more');
        if (streams.length === 0) out.say('Nothing is parked.');
        return 0;
      } finally {
        await opened.close();
      }
    }),
};
