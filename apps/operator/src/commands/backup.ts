import { resolve } from 'node:path';
import { BackupError } from '#backup/manifest';
import { takeBackup } from '#backup/take';
import { nextReference } from '#desk/references';
import { allTables } from '#process-manager/rooms';
import { openingAll } from '#program/opened';
import { OtherLedger, proveServedLedger, servedBy } from '#program/served-ledger';
import { NotUnderstood, OperatorError, type Command, type ExitCode } from '../command.ts';
import { lacking } from '../erasure-list.ts';
import { optionsOf } from '../options.ts';
import { erasureLogOf, masterKeyFileOf, openPlace, openPool } from '../ledger-location.ts';
import { Progress } from '../progress.ts';
import { readReferenceRanges, referenceRangesOf } from '../reference-ranges.ts';

export const backup: Command = {
  name: 'backup',
  means: 'Writes a backup of a service that goes on: ledger, keys, references, timers, checkpoints.',
  usage: `operate backup --to <directory that is new or empty>

Every digest is verified on the way. The manifest is written last: a directory without it is no backup. Not in it, on
purpose: read models (they are made from the facts), the master key (MASTER_KEY_FILE: keep a copy in another place than
the backups) and the list of erasures (ERASURE_LOG: keep it out of the backups, and current).`,
  run: (args, settings, out) =>
    openingAll(async (opened): Promise<ExitCode> => {
      const { to } = optionsOf(args, ['to']);
      if (to === undefined) throw new NotUnderstood('Where to? backup needs --to.');
      const directory = resolve(out.environment['INIT_CWD'] ?? process.cwd(), to);
      const place = await openPlace(settings, await openPool(settings, opened), opened);
      try {
        await proveServedLedger(place.pool, place.store, await place.identity.epoch());
        await place.identity.keepOrganisation(settings.organisation);
        const progress = new Progress(out.progress, 'backing up', await place.store.head());
        const { sum, beside, following } = await takeBackup({
          directory,
          store: place.store,
          pool: place.pool,
          tables: allTables,
          servedBy,
          nextReference,
          organisation: settings.organisation,
          signal: out.signal,
          onProgress: (facts, last) => progress.reached(facts, last.position),
        });
        const rows = [...beside, ...following].reduce((all, table) => all + table.rows, 0);
        out.say(`${sum.facts} facts in ${sum.streams} streams, and ${rows} rows beside them, are in ${directory}.`);
        out.say(
          `Not in it: the master key, ${masterKeyFileOf(settings)}. Keep a copy in another place than the backup.`,
        );
        out.say(`Not in it: the list of erasures, ${erasureLogOf(settings)}. Keep a current copy; a restore needs it.`);
        if ((await readReferenceRanges(referenceRangesOf(settings))) !== undefined)
          out.say(
            `Nor where references went on after a restore, ${referenceRangesOf(settings)}. Keep it with that list.`,
          );
        const loss = await lacking(place);
        if (loss !== undefined) out.say(loss);
        return 0;
      } catch (error) {
        throw error instanceof BackupError || error instanceof OtherLedger
          ? new OperatorError(error.message, { cause: error })
          : error;
      } finally {
        await opened.close();
      }
    }),
};
