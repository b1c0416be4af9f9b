import { migrate } from '#postgres/migrations';
import { openingAll } from '#program/opened';
import { setRight } from '../after-restore.ts';
import type { Command, ExitCode } from '../command.ts';
import { ANSWERED_FOR, WITHOUT_LIST } from '../erasure-list.ts';
import { optionsOf } from '../options.ts';
import { allRooms } from '#process-manager/rooms';
import { openPlace, openPool } from '../ledger-location.ts';
import { demandExclusiveAccess } from '../exclusive-access.ts';

export const restored: Command = {
  name: 'restored',
  means: 'Sets a service right whose database or EventStoreDB was restored by other means.',
  usage: `operate restored [--without-erasures]

To be run once, the programs being stopped, after pg_restore, a snapshot, point-in-time recovery, or the restore of an
EventStoreDB: before it, the service may not start. Verifies every digest, and that the database has the key of every
fact; then gives the ledger a new epoch, sets checkpoints that lie beyond it back to its last fact, lets references go on
in an unused range (listed in a file beside ERASURE_LOG, its name and \`.references\`: keep the two together) and applies
the erasures of ERASURE_LOG again; without that list, or with one that lacks erasures which the database knows, nothing is
done, unless the option says that you answer for it. With EventStoreDB, restore it first, and PostgreSQL to a moment that
is not before it: keys must be at least as new as the facts. Its lists are then made anew.`,
  run: (args, settings, out) =>
    openingAll(async (opened): Promise<ExitCode> => {
      const { [WITHOUT_LIST]: withoutErasures = false } = optionsOf(args, [], [WITHOUT_LIST]);
      try {
        const database = await openPool(settings, opened);
        await migrate(database.pool, ...allRooms);
        const exclusive = await demandExclusiveAccess(database.databaseUrl, opened, out.signal);
        const place = await openPlace(settings, database, opened);
        const { sum, epoch, references, erasures, setBack, anew } = await setRight({
          place,
          withoutErasures,
          exclusive,
          out,
        });
        out.say(`${sum.facts} facts in ${sum.streams} streams are as their digests say: ${sum.order}`);
        out.say(`The epoch is now ${epoch}; ${erasures} erasures were applied again.`);
        out.say(references);
        if (withoutErasures) out.say(ANSWERED_FOR);
        if (setBack.length > 0) out.say(`Set back to the ledger’s last fact, or its first: ${setBack.join(', ')}`);
        if (anew) out.say('Lists, timers and counts are made anew from the facts when the programs start.');
        return 0;
      } finally {
        await opened.close();
      }
    }),
};
