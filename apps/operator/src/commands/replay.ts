import { allRooms } from '#process-manager/rooms';
import { replayParked } from '#ledger/follow/replay-parked';
import { makeLog } from '#program/log';
import { openingAll } from '#program/opened';
import { openParts } from '#program/program-dependencies';
import { NotUnderstood, type Command, type ExitCode } from '../command.ts';
import { knownFollowers } from '../known-followers.ts';
import { optionsOf } from '../options.ts';
import { openPool } from '../ledger-location.ts';

export const replay: Command = {
  name: 'replay',
  means: 'Applies parked facts again, each stream in its order, while the service goes on.',
  usage: `operate replay [--subscription <name>] [--stream <name>]

Once the cause is gone (usually by an upgrade). Without options: all that is parked. A stream that fails again stays
parked from there on. The exit code is 1 when anything is still parked.`,
  run: (args, settings, out) =>
    openingAll(async (opened): Promise<ExitCode> => {
      const { subscription, stream } = optionsOf(args, ['subscription', 'stream']);
      try {
        const { pool, databaseUrl } = await openPool(settings, opened);
        const log = makeLog('warn');
        const parts = await openParts(settings, { databaseUrl, name: 'operate', mint: false, log, rooms: allRooms });
        opened.closeBy(() => parts.close());
        const parking = (await knownFollowers(pool)).filter(({ follower }) => follower !== undefined);
        const chosen = parking.filter((one) => subscription === undefined || one.subscription === subscription);
        if (chosen.length === 0)
          throw new NotUnderstood(
            `${subscription} parks nothing. Those who do: ${parking.map((one) => one.subscription).join(', ')}`,
          );
        let left = 0;
        for (const one of chosen) {
          if (out.signal.aborted) return 1;
          const { replayed, parked } = await replayParked({
            store: parts.store,
            pool: parts.pool,
            follower: one.follower!(parts),
            ...(stream !== undefined && { stream }),
            log,
          });
          left += parked;
          if (replayed + parked > 0 || subscription !== undefined)
            out.say(`${one.subscription}  ${replayed} facts taken in, ${parked} still parked`);
        }
        if (left === 0) out.say('Nothing of that is parked any more.');
        return left === 0 ? 0 : 1;
      } finally {
        await opened.close();
      }
    }),
};
