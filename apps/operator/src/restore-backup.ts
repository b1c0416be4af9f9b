import type { Pool } from 'pg';
import { backupSource, verifyFacts } from '#backup/facts';
import { verifyFile } from '#backup/files';
import type { Manifest } from '#backup/manifest';
import { filledTables, loadTables } from '#backup/tables';
import { countReferencesFrom } from '#desk/references';
import { compare, fill } from '#ledger/copy/fill';
import { epochOf, moveStoredPositions, storedPositions } from '#ledger/copy/stored-positions';
import { numberOf, printPosition } from '#ledger/stream/position';
import { putToRest, wakeUp, whyAtRest } from '#ledger/adapters/postgres/rest';
import { inTransaction } from '#postgres/database';
import { openMasterKey } from '#privacy/master-key-file';
import { Secrets } from '#privacy/secrets';
import { PROVING } from '#privacy/tables';
import { servedBy, serveLedger } from '#program/served-ledger';
import { OperatorError, type Out } from './command.ts';
import { applyErasures, demandErasureList } from './erasure-list.ts';
import { allRooms, allTables } from '#process-manager/rooms';
import { masterKeyFileOf, type Place } from './ledger-location.ts';
import { Progress } from './progress.ts';
import { OUR_LEDGER, type ExclusiveAccess } from './exclusive-access.ts';
import { goOnUnused, readReferenceRanges, referenceRangesOf } from './reference-ranges.ts';

export interface RestoreOptions {
  readonly directory: string;
  readonly manifest: Manifest;
  /** Empty, or as an interrupted run of the same restore left it. Its schemas are there. */
  readonly place: Place;
  /** The operator answers for it that nobody was erased since the backup. */
  readonly withoutErasures: boolean;
  readonly exclusive: ExclusiveAccess;
  readonly out: Out;
}

export interface Restored {
  readonly facts: number;
  /** What an interrupted run had written. */
  readonly found: number;
  readonly epoch: string;
  /** How references go on, as a sentence. */
  readonly references: string;
  /** Erasures that came after the backup, applied again. */
  readonly erasures: number;
}

/** NOTE: stored instead of an epoch while a restore is under way, so that no program starts on it. */
const UNFINISHED = 'a-restore-that-is-not-finished';
const FILLING = 'A restore into it is not finished: run it again.';

/** Reads the whole backup through, before anything is written. Throws BackupError, LedgerDamaged, OperatorError. */
export const verifyBackup = async (directory: string, manifest: Manifest, out: Out): Promise<void> => {
  for (const [room, steps] of Object.entries(manifest.schemas)) {
    const known = allRooms.find((list) => list.room === room)?.migrations.map(({ name }) => name) ?? [];
    const newer = steps.filter((step) => !known.includes(step));
    if (newer.length > 0)
      throw new OperatorError(
        `The backup was taken by a newer program (${room}: ${newer.join(', ')}). Upgrade this one.`,
      );
  }
  for (const file of [manifest.facts, ...manifest.following, ...manifest.beside]) await verifyFile(directory, file);
  const progress = new Progress(out.progress, 'verifying', manifest.position);
  let facts = 0;
  await verifyFacts(backupSource(directory, manifest), manifest.sum, out.signal, (page) =>
    progress.reached((facts += page.length), page.at(-1)!.position),
  );
};

/**
 * Puts a verified backup into an empty place. The ledger rests, and no program starts on the database, until everything
 * is there, was read back, and the erasures that came after the backup were applied again.
 * Throws OperatorError, WrongMasterKey, MasterKeyError, LedgerDamaged, NotAPrefix.
 */
export const restoreBackup = async (options: RestoreOptions): Promise<Restored> => {
  const { directory, manifest, place, exclusive, out } = options;
  const { pool, identity, store, settings } = place;
  const { signal } = out;
  if (manifest.organisation !== settings.organisation)
    throw new OperatorError(
      `The backup is of the organisation ${manifest.organisation}, and ORGANISATION is ${settings.organisation}.`,
    );
  await refuseFilled(place);
  await proveKeyAndErasures(options);
  await identity.keepOrganisation(manifest.organisation);
  await inTransaction(pool, async (tx) => {
    if (place.kind === 'postgres') await putToRest(tx, FILLING);
    await serveLedger(tx, UNFINISHED);
  });

  const from = backupSource(directory, manifest);
  const [writing, comparing] = ['writing', 'comparing'].map(
    (what) => new Progress(out.progress, what, manifest.position),
  );
  const { found } = await fill({
    from,
    into: store,
    writer: place.writer(signal),
    signal,
    onProgress: ({ facts, position }) => writing!.reached(facts, position),
  });
  await loadBeside(options);
  const { sum, positions } = await compare({
    from,
    into: store,
    positions: await storedPositions(pool),
    signal,
    onProgress: ({ facts, position }) => comparing!.reached(facts, position),
  });

  await exclusive(OUR_LEDGER);
  const epoch = await identity.renewEpoch();
  await inTransaction(pool, async (tx) => {
    await moveStoredPositions(tx, (position) => {
      if (epochOf(position) !== manifest.epoch)
        throw new OperatorError(
          `The backup holds a checkpoint at ${position}, which is not of its ledger. Use another one.`,
        );
      const there = positions.of(position);
      return there === null ? null : printPosition(epoch, numberOf(there, epochOf(there)));
    });
    await countReferencesFrom(tx, manifest.nextReference);
  });
  const references = await goOnUnused(place, manifest.made);
  const erasures = await applyErasures(place);
  await inTransaction(pool, async (tx) => {
    if (place.kind === 'postgres') await wakeUp(tx);
    await serveLedger(tx, epoch);
  });
  return { facts: sum.facts, found, epoch, references, erasures };
};

/** Rows as they were taken; positions are still those of the ledger that was backed up. */
const loadBeside = ({ directory, manifest, place }: RestoreOptions): Promise<void> =>
  inTransaction(place.pool, async (tx) => {
    await tx.query('set local statement_timeout = 0');
    await loadTables(tx, directory, [...manifest.following, ...manifest.beside], allTables);
  });

/**
 * Before the long part, or nothing is written at all: the words of this backup open with this master key, and the list of
 * erasures is no older than the backup; the list of references can be read.
 */
const proveKeyAndErasures = async (options: RestoreOptions): Promise<void> => {
  const { directory, manifest, place, withoutErasures } = options;
  await readReferenceRanges(referenceRangesOf(place.settings));
  const tried = new Error('tried');
  const needed = manifest.beside.filter(({ table }) => PROVING.includes(table));
  await inTransaction(place.pool, async (tx) => {
    await loadTables(tx, directory, needed, allTables);
    if (!withoutErasures) await demandErasureList(place, tx);
    const seen = tx as unknown as Pool; // asks nothing of it but `query`
    await Secrets.open(seen, await openMasterKey({ pool: seen, file: masterKeyFileOf(place.settings), mint: false }));
    throw tried;
  }).catch((error: unknown) => {
    if (error !== tried) throw error;
  });
};

const refuseFilled = async ({ kind, pool, store }: Place): Promise<void> => {
  const served = await servedBy(pool);
  if (served === UNFINISHED) return;
  const filled = await inTransaction(pool, (tx) => filledTables(tx, allTables));
  if (filled.length > 0 || served !== undefined)
    throw new OperatorError(
      `The database is not empty (${filled.join(', ') || 'it serves a ledger'}). A backup is restored into a new one.`,
    );
  if ((await store.head()) !== undefined || (kind === 'postgres' && (await whyAtRest(pool)) !== undefined))
    throw new OperatorError(
      'The ledger is not empty. A backup is restored into a new one, or under another LEDGER_PREFIX.',
    );
};
