import { migrate } from '#postgres/migrations';
import { openingAll } from '#program/opened';
import { readSettings, type Environment, type Settings } from '#settings/settings';
import { NotUnderstood, type Command, type ExitCode } from '../command.ts';
import { copyLedger } from '../copy-ledger.ts';
import { optionsOf } from '../options.ts';
import { allRooms } from '#process-manager/rooms';
import { erasureLogOf, masterKeyFileOf, openNewPool, openPlace, openPool } from '../ledger-location.ts';
import { demandExclusiveAccess, type ExclusiveAccess } from '../exclusive-access.ts';

const STORES = ['postgres', 'eventstoredb'];
/** What a target may have of its own: TO_DATABASE_URL, TO_DATABASE_URL_FILE … */
const NAMES = ['DATABASE_URL', 'DATA_DIR', 'EVENTSTORE_URL', 'EVENTSTORE_PLAIN_CREDENTIALS', 'LEDGER_PREFIX'] as const;
const OF_EVENT_STORE = NAMES.slice(2);

export const copy: Command = {
  name: 'copy',
  means: 'Moves the ledger to another store, the programs being stopped.',
  usage: `operate copy --from postgres|eventstoredb --to postgres|eventstoredb

Source and target are those of the environment: DATABASE_URL, and EVENTSTORE_URL with LEDGER_PREFIX. A target of the same
kind, or with a database of its own, is named by TO_DATABASE_URL, TO_DATA_DIR, TO_EVENTSTORE_URL, TO_LEDGER_PREFIX
(secrets also as TO_…_FILE). Without a database of its own the target shares the source's: keys, references, checkpoints,
timers and lists stay where they are.

Stop every program first; the command refuses to begin while one runs, and none starts before it has ended. Facts keep
ids, revisions, recorded times and order; each digest is verified, and the target is read back and compared. Only then, in
one transaction, the checkpoints become the target's and the source is put to rest. A run that was killed is run again, and
goes on. Afterwards start the programs with the target's settings. The new ledger has a new epoch: old positions are
answered with 410.`,
  run: (args, _settings, out) =>
    openingAll(async (opened): Promise<ExitCode> => {
      const { from, to } = optionsOf(args, ['from', 'to']);
      if (![from, to].every((store) => store !== undefined && STORES.includes(store)))
        throw new NotUnderstood('copy needs --from and --to, each one of postgres and eventstoredb.');
      const source = settingsOf(out.environment, from!);
      const { environment, ownDatabase } = targetOf(out.environment);
      const target = settingsOf(environment, to!);

      const exclusive: ExclusiveAccess[] = [];
      const sourcePool = await openPool(source, opened);
      await migrate(sourcePool.pool, ...allRooms);
      exclusive.push(await demandExclusiveAccess(sourcePool.databaseUrl, opened, out.signal));
      const targetPool = ownDatabase ? await openNewPool(target, opened) : sourcePool;
      if (ownDatabase) {
        await migrate(targetPool.pool, ...allRooms);
        exclusive.push(await demandExclusiveAccess(targetPool.databaseUrl, opened, out.signal));
      }
      try {
        const copied = await copyLedger({
          source: await openPlace(source, sourcePool, opened),
          target: await openPlace(target, targetPool, opened),
          exclusive,
          out,
        });
        if (copied.done === 'nothing-to-do') out.say('It is done already: the database serves the target.');
        else {
          const { found, written, sum, epoch } = copied;
          out.say(`${written} facts were copied${found > 0 ? `, ${found} were there already` : ''}.`);
          out.say(`Both ledgers hold ${sum.facts} facts in ${sum.streams} streams, in the same order: ${sum.order}`);
          out.say(`The epoch is now ${epoch}. Start the programs with the settings of the target.`);
          if (ownDatabase)
            out.say(
              `They need the master key and the list of erasures as before: ${masterKeyFileOf(source)} and ${erasureLogOf(source)} (MASTER_KEY_FILE, ERASURE_LOG).`,
            );
        }
        return 0;
      } finally {
        await opened.close();
      }
    }),
};

/** The environment as the target sees it. */
const targetOf = (environment: Environment): { environment: Environment; ownDatabase: boolean } => {
  const own: Record<string, string | undefined> = { ...environment };
  for (const name of NAMES)
    if (environment[`TO_${name}`] || environment[`TO_${name}_FILE`]) {
      own[name] = environment[`TO_${name}`];
      own[`${name}_FILE`] = environment[`TO_${name}_FILE`];
    }
  const ownUrl = ['TO_DATABASE_URL', 'TO_DATABASE_URL_FILE'].some((name) => environment[name]);
  const ownDirectory = Boolean(environment['TO_DATA_DIR']);
  // A directory of its own means the PostgreSQL in it, unless a database is named too.
  if (ownDirectory && !ownUrl) for (const name of ['DATABASE_URL', 'DATABASE_URL_FILE']) delete own[name];
  return { environment: own, ownDatabase: ownUrl || ownDirectory };
};

/** Throws SettingsError, NotUnderstood. */
const settingsOf = (environment: Environment, store: string): Settings => {
  const own: Record<string, string | undefined> = { ...environment };
  if (store === 'postgres')
    for (const name of OF_EVENT_STORE) for (const ending of ['', '_FILE']) delete own[name + ending];
  const settings = readSettings(own, { standalone: true });
  if (store === 'eventstoredb' && settings.eventStoreUrl === undefined)
    throw new NotUnderstood('EVENTSTORE_URL (or for the target TO_EVENTSTORE_URL) must say where the EventStoreDB is.');
  return settings;
};
