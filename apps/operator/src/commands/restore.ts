import { resolve } from 'node:path';
import { BackupError, readManifest } from '#backup/manifest';
import { migrate } from '#postgres/migrations';
import { openingAll } from '#program/opened';
import { NotUnderstood, OperatorError, type Command, type ExitCode } from '../command.ts';
import { optionsOf } from '../options.ts';
import { ANSWERED_FOR, WITHOUT_LIST } from '../erasure-list.ts';
import { allRooms } from '#process-manager/rooms';
import { openNewPool, openPlace } from '../ledger-location.ts';
import { demandExclusiveAccess } from '../exclusive-access.ts';
import { restoreBackup, verifyBackup } from '../restore-backup.ts';

export const restore: Command = {
  name: 'restore',
  means: 'Puts a backup into an empty database (and EventStoreDB, if EVENTSTORE_URL is set).',
  usage: `operate restore --from <directory of a backup> [--without-erasures]

The settings are those of the service that will run on it; the ledger may be of another kind than the one that was backed
up. The master key (MASTER_KEY_FILE) and the list of erasures (ERASURE_LOG) must be in their places: who was erased since
the backup stays erased. Without a list, or with one that is older than the backup, nothing is done, unless the option says
that you answer for it. The backup is read through and verified before anything is written, and compared afterwards. No
program starts on the database until it is done; a run that was killed is run again, and goes on.

The ledger gets a new epoch, by which consumers learn that it was restored; old positions are answered with 410;
references go on in an unused range, which is listed beside the list of erasures (its name and \`.references\`): with that
file in its place another restore goes on behind it, and without it behind what the time since the backup makes possible. The
lists are made anew by the projectors when the service starts.`,
  run: (args, settings, out) =>
    openingAll(async (opened): Promise<ExitCode> => {
      const { from, [WITHOUT_LIST]: withoutErasures = false } = optionsOf(args, ['from'], [WITHOUT_LIST]);
      if (from === undefined) throw new NotUnderstood('From where? restore needs --from.');
      const directory = resolve(out.environment['INIT_CWD'] ?? process.cwd(), from);
      try {
        const manifest = await readManifest(directory);
        await verifyBackup(directory, manifest, out);
        const database = await openNewPool(settings, opened);
        await migrate(database.pool, ...allRooms);
        const exclusive = await demandExclusiveAccess(database.databaseUrl, opened, out.signal);
        const place = await openPlace(settings, database, opened);
        const restored = await restoreBackup({ directory, manifest, place, withoutErasures, exclusive, out });
        out.say(`${restored.facts} facts are back, as of ${manifest.made}, verified and compared.`);
        out.say(
          `The epoch is now ${restored.epoch}; ${restored.erasures} erasures since the backup were applied again.`,
        );
        out.say(restored.references);
        if (withoutErasures) out.say(ANSWERED_FOR);
        out.say('What was published since the backup and is not in it: consumers learn of it by the new epoch.');
        out.say('Start the programs. The lists are made anew from the facts, which takes its time.');
        return 0;
      } catch (error) {
        throw error instanceof BackupError ? new OperatorError(error.message, { cause: error }) : error;
      } finally {
        await opened.close();
      }
    }),
};
