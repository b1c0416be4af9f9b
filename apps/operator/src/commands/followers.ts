import { OTHER_EPOCH } from '#ledger/follow/recurring-errors';
import { readStatus, type FollowerStatus } from '#ledger/follow/status';
import { subscriptions } from '#ledger/follow/subscriptions';
import { figuresOf } from '#program/health';
import { openingAll } from '#program/opened';
import type { Command, ExitCode } from '../command.ts';
import { knownFollowers } from '../known-followers.ts';
import { optionsOf } from '../options.ts';
import { openPlace, openPool } from '../ledger-location.ts';

export const followers: Command = {
  name: 'followers',
  means: 'Lists who follows the ledger: how far behind, what is parked, and which process does it.',
  usage: `operate followers

One line for each subscription: its state, how far it lags in facts (exact to 10,000) and in seconds, what it parked, and
the process that has its lease. The exit code is 1 when one has stopped.`,
  run: (args, settings, out) =>
    openingAll(async (opened): Promise<ExitCode> => {
      optionsOf(args, []);
      try {
        const place = await openPlace(settings, await openPool(settings, opened), opened);
        let stopped = false;
        const known = await knownFollowers(place.pool);
        for (const { subscription, filter, note } of known) {
          const status = await readStatus(place.pool, place.store, subscription, filter);
          stopped ||= status.state === 'stopped';
          out.say(`${subscription}  ${note === undefined ? lineOf(status) : `${note}, ${figuresOf(status)}`}`);
          if (status.error === 'other-epoch') out.say(`  It stands still: ${OTHER_EPOCH}.`);
        }
        for (const subscription of await subscriptions(place.pool))
          if (!known.some((one) => one.subscription === subscription))
            out.say(`${subscription}  of another version of the programs`);
        return stopped ? 1 : 0;
      } finally {
        await opened.close();
      }
    }),
};

const lineOf = (status: FollowerStatus): string => {
  const how = status.error === undefined ? status.state : `${status.state} (${status.error})`;
  return `${how}, ${figuresOf(status)}, followed by ${status.owner ?? 'nobody'}`;
};
