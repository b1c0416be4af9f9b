import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolClient } from 'pg';
import { countReferencesFrom, nextReference } from '#desk/references';
import { filledTables, loadTables, tablesTaken, writeTables } from '#backup/tables';
import { compare, fill } from '#ledger/copy/fill';
import type { LedgerSum } from '#ledger/copy/chain';
import type { PositionMap } from '#ledger/copy/position-map';
import { ledgerSource } from '#ledger/copy/source';
import { epochOf, moveStoredPositions, storedPositions } from '#ledger/copy/stored-positions';
import type { Position } from '#ledger/stream/port';
import { numberOf, printPosition } from '#ledger/stream/position';
import { putToRest, wakeUp, whyAtRest } from '#ledger/adapters/postgres/rest';
import { inTransaction } from '#postgres/database';
import { allTables } from '#process-manager/rooms';
import { servedBy, serveLedger } from '#program/served-ledger';
import { OperatorError, type Out } from './command.ts';
import type { Place } from './ledger-location.ts';
import { Progress } from './progress.ts';
import { OUR_LEDGER, type ExclusiveAccess } from './exclusive-access.ts';

export interface CopyOptions {
  readonly source: Place;
  /** The same database: only the facts move. Another one: what lies beside the ledger moves with them. */
  readonly target: Place;
  readonly exclusive: readonly ExclusiveAccess[];
  readonly out: Out;
}

/** `nothing-to-do`: the database serves the target already. */
export type Copied =
  | {
      readonly done: 'copied';
      readonly found: number;
      readonly written: number;
      readonly sum: LedgerSum;
      readonly epoch: string;
    }
  | { readonly done: 'nothing-to-do' };

/** NOTE: stored instead of an epoch while a target is filled, so that no program starts on it. */
const UNFINISHED = 'a-copy-that-is-not-finished';
const FILLING = 'It is being filled by a copy that is not finished: run the same copy again.';

/**
 * Moves a ledger to another store. Nothing that a program would go by changes before the facts lie in the target and were
 * read back; then all of it does in one transaction: every stored position becomes the target's, the source is put to
 * rest, the target wakes. Whoever is killed runs it again, and it goes on. Throws OperatorError, LedgerDamaged, NotAPrefix.
 */
export const copyLedger = async ({ source, target, exclusive, out }: CopyOptions): Promise<Copied> => {
  const { signal } = out;
  const sameDatabase = source.pool === target.pool;
  const [epoch, targetEpoch] = [await source.identity.epoch(), await target.identity.epoch()];
  if (epoch === targetEpoch) throw new OperatorError('Source and target are one and the same ledger.');
  const served = await servedBy(source.pool);
  if ((await servedBy(target.pool)) === targetEpoch) return { done: 'nothing-to-do' };
  // A run that was killed between its two databases goes on. Another target would be a second life of the same ledger.
  const resumed = served === movedTo(targetEpoch);
  if (served !== undefined && served !== epoch && !resumed)
    throw new OperatorError(
      `The source’s database serves ${served}, and the source is ${epoch}: its facts went on elsewhere, or another one belongs to it.`,
    );
  const wanted = await storedPositions(source.pool);
  const foreign = wanted.find((position) => epochOf(position) !== epoch);
  if (foreign !== undefined)
    throw new OperatorError(
      `A checkpoint lies at ${foreign}, which is not of this ledger. After a restore run \`operate restored\` first.`,
    );
  await refuseFilled(target, sameDatabase);
  for (const place of [source, target]) await place.identity.keepOrganisation(source.settings.organisation);
  await reserve(target, sameDatabase);

  const head = await source.store.head();
  const from = ledgerSource(source.store, head);
  const [copying, comparing] = [
    new Progress(out.progress, 'copying', head),
    new Progress(out.progress, 'comparing', head),
  ];
  const { found, written } = await fill({
    from,
    into: target.store,
    writer: target.writer(signal),
    signal,
    onProgress: ({ facts, position }) => copying.reached(facts, position),
  });
  const { sum, positions } = await compare({
    from,
    into: target.store,
    positions: wanted,
    signal,
    onProgress: ({ facts, position }) => comparing.reached(facts, position),
  });

  for (const look of exclusive) await look(OUR_LEDGER);
  if ((await source.store.head()) !== head) throw movedOn();
  const fresh = resumed ? targetEpoch : await target.identity.renewEpoch();
  const move = moving(positions, fresh);
  if (sameDatabase)
    await inTransaction(source.pool, async (tx) => {
      if (source.kind === 'postgres') await restForEver(tx, head, epoch, fresh);
      if (target.kind === 'postgres') await wakeUp(tx);
      await moveStoredPositions(tx, move);
      await serveLedger(tx, fresh);
    });
  else await moveDatabase(source, target, { head, epoch, fresh, move });
  return { done: 'copied', found, written, sum, epoch: fresh };
};

/** A position of the source as one of the target. */
const moving =
  (positions: PositionMap, to: string) =>
  (position: Position): Position | null => {
    const there = positions.of(position);
    return there === null ? null : printPosition(to, numberOf(there, epochOf(there)));
  };

/** With the lock under which appends are made: whoever wrote since the head was read is seen, and nobody writes after. */
const restForEver = async (tx: PoolClient, head: Position | undefined, epoch: string, to: string): Promise<void> => {
  const position = await putToRest(tx, `Its facts were moved to the ledger ${to}.`);
  if (position !== (head === undefined ? 0n : numberOf(head, epoch))) throw movedOn();
};

/** What lies beside the ledger goes to the target's database, where read models are made anew. */
const moveDatabase = async (
  source: Place,
  target: Place,
  {
    head,
    epoch,
    fresh,
    move,
  }: { head: Position | undefined; epoch: string; fresh: string; move: (position: Position) => Position | null },
): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'redress-copy-'));
  try {
    const { files, next } = await inTransaction(source.pool, async (tx) => {
      await tx.query('set local statement_timeout = 0');
      if (source.kind === 'postgres') await restForEver(tx, head, epoch, fresh);
      await serveLedger(tx, movedTo(fresh));
      return { files: await writeTables(tx, directory, tablesTaken(allTables)), next: await nextReference(tx) };
    });
    await inTransaction(target.pool, async (tx) => {
      await tx.query('set local statement_timeout = 0');
      await loadTables(tx, directory, files, allTables);
      await countReferencesFrom(tx, next);
      if (target.kind === 'postgres') await wakeUp(tx);
      await moveStoredPositions(tx, move);
      await serveLedger(tx, fresh);
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** Facts may lie in the target already, as a copy left them; then nobody has gone on with them. */
const refuseFilled = async (target: Place, sameDatabase: boolean): Promise<void> => {
  const why = target.kind === 'postgres' ? await whyAtRest(target.pool) : undefined;
  const back = why !== undefined && why !== FILLING && sameDatabase;
  const empty = (await target.store.head()) === undefined;
  // Going back to a ledger at rest: what was added since follows behind its own facts. Anything else must be ours.
  if (target.kind === 'postgres' && !empty && why !== FILLING && !back)
    throw new OperatorError('The target holds facts, and no copy is under way there. Give it an empty database.');
  if (sameDatabase || (await servedBy(target.pool)) === UNFINISHED) return;
  const filled = await inTransaction(target.pool, (tx) => filledTables(tx, allTables));
  if (filled.length > 0)
    throw new OperatorError(`The target’s database is not empty (${filled.join(', ')}). Give it an empty one.`);
};

const reserve = (target: Place, sameDatabase: boolean): Promise<void> =>
  inTransaction(target.pool, async (tx) => {
    if (target.kind === 'postgres') await putToRest(tx, FILLING);
    if (!sameDatabase) await serveLedger(tx, UNFINISHED);
  });

/** NOTE: stored instead of an epoch in a database whose ledger went to another one. */
const movedTo = (epoch: string): string => `moved-to-${epoch}`;

const movedOn = (): OperatorError =>
  new OperatorError(
    'Somebody wrote to the source meanwhile: it is not at rest. Stop every program, then run the copy again.',
  );
