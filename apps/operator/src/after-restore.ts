import type { Pool, PoolClient } from 'pg';
import { PUBLISHER } from '#publisher/publisher';
import { PROCESS_MANAGER } from '#process-manager/process-manager';
import { PostgresReferences } from '#desk/references';
import { Chain, type LedgerSum } from '#ledger/copy/chain';
import { PositionMap } from '#ledger/copy/position-map';
import { ledgerSource } from '#ledger/copy/source';
import {
  epochOf,
  forgetFollowers,
  forgetParkedAt,
  moveStoredPositions,
  storedPositions,
  subscriptionsAt,
} from '#ledger/copy/stored-positions';
import { numberOf, printPosition } from '#ledger/stream/position';
import type { Position, RecordedEvent } from '#ledger/stream/port';
import { whyAtRest } from '#ledger/adapters/postgres/rest';
import { inTransaction } from '#postgres/database';
import { clearDerived } from '#postgres/tables';
import { holdsKeys, keysThere } from '#privacy/postgres-key-table';
import { allRooms } from '#process-manager/rooms';
import { dropAllGenerations, subscriptionOf } from '#read-models/generations';
import { servedBy, serveLedger } from '#program/served-ledger';
import { isEnvelope } from '#fact/personal';
import { OperatorError, type Out } from './command.ts';
import { applyErasures, demandErasureList } from './erasure-list.ts';
import type { Place } from './ledger-location.ts';
import { Progress } from './progress.ts';
import { OUR_LEDGER, type ExclusiveAccess } from './exclusive-access.ts';
import { goOnUnused, readReferenceRanges, referenceRangesOf } from './reference-ranges.ts';

export interface SetRightOptions {
  readonly place: Place;
  /** The operator answers for it that nobody was erased since. */
  readonly withoutErasures: boolean;
  readonly exclusive: ExclusiveAccess;
  readonly out: Out;
}

export interface SetRight {
  readonly sum: LedgerSum;
  readonly epoch: string;
  /** How references go on, as a sentence. */
  readonly references: string;
  readonly erasures: number;
  /** Followers whose checkpoint lay behind the ledger's last fact, or was of no ledger that is known. */
  readonly setBack: readonly string[];
  /** Read models and what the process manager counts by are made anew. */
  readonly anew: boolean;
}

/**
 * What has to be done after somebody restored the database, or the event store, by other means than ours: verifies the
 * ledger and that the database holds the keys of all its facts; a new epoch; checkpoints no further than the ledger;
 * references in an unused range; erasures applied again. Throws OperatorError, LedgerDamaged; then nothing was changed.
 */
export const setRight = async (options: SetRightOptions): Promise<SetRight> => {
  const { place, withoutErasures, exclusive, out } = options;
  const { pool, store, identity, settings } = place;
  const served = await servedBy(pool);
  await refuseElsewhere(place, served);
  if (!withoutErasures) await demandErasureList(place, pool);
  await readReferenceRanges(referenceRangesOf(settings));
  await identity.keepOrganisation(settings.organisation);
  const known = [await identity.epoch(), served];
  const stored = await storedPositions(pool);
  const head = await store.head();
  // Positions of the ledger's earlier name count by their number; of any other name, as the beginning.
  const numbered = (position: Position): Position | undefined =>
    known.includes(epochOf(position)) ? printPosition(known[0]!, numberOf(position, epochOf(position))) : undefined;
  const positions = new PositionMap(stored.flatMap((position) => numbered(position) ?? []));
  const { sum, asOf } = await verify({ place, head, positions, out });

  const beyond = (position: Position): boolean => {
    const here = numbered(position);
    return here === undefined || head === undefined || here > head;
  };
  const setBack = await subscriptionsAt(pool, stored.filter(beyond));
  // One database holds facts and followers alike, so it was restored to one moment. An event store beside it was not.
  const anew = place.kind === 'eventstoredb' || setBack.some((subscription) => subscription !== PUBLISHER);
  await exclusive(OUR_LEDGER);
  if ((await store.head()) !== head)
    throw new OperatorError('Somebody wrote to the ledger meanwhile. Stop every program, then run this again.');
  // All that must be so before a program starts comes before the step that lets one start.
  if (place.kind === 'eventstoredb') await new PostgresReferences(pool).refill(store);
  const references = await goOnUnused(place, asOf);
  const erasures = await applyErasures(place);
  const epoch = await identity.renewEpoch();
  await inTransaction(pool, async (tx) => {
    await tx.query('set local statement_timeout = 0');
    if (anew) await forgetFollowing(tx);
    await forgetParkedAt(tx, stored.filter(beyond));
    await moveStoredPositions(tx, (position) => {
      const here = numbered(position);
      const there = here === undefined ? null : positions.of(here);
      return there === null ? null : printPosition(epoch, numberOf(there, epochOf(there)));
    });
    await serveLedger(tx, epoch);
  });
  return { sum, epoch, references, erasures, setBack, anew };
};

/** The database says that its ledger is another one, or nowhere yet: then this one must not come to life beside it. */
const refuseElsewhere = async ({ kind, pool, store }: Place, served: string | undefined): Promise<void> => {
  const why = kind === 'postgres' ? await whyAtRest(pool) : undefined;
  if (why !== undefined)
    throw new OperatorError(
      `The ledger in this database is at rest. ${why} Where that is lost, restore its last backup.`,
    );
  // No epoch has a hyphen (served-ledger.ts).
  if (served?.includes('-'))
    throw new OperatorError(
      `This database serves no ledger now: ${served}. Run the command again that moves or restores, or go where it went.`,
    );
  if ((await store.head()) !== undefined) return;
  if (await holdsKeys(pool))
    throw new OperatorError(
      'The ledger is empty, and the database holds keys of facts: look at EVENTSTORE_URL and LEDGER_PREFIX, or restore the ledger first.',
    );
};

/**
 * Reads the ledger through: digests, chains, and whether the database has every key that a fact was sealed with. `asOf`:
 * when its last fact was recorded. The database is of that moment, or of a later one of which nothing tells.
 */
const verify = async (options: {
  place: Place;
  head: Position | undefined;
  positions: PositionMap;
  out: Out;
}): Promise<{ sum: LedgerSum; asOf: string | undefined }> => {
  const { place, head, positions, out } = options;
  const chain = new Chain();
  const progress = new Progress(out.progress, 'verifying', head);
  let [facts, lost, first] = [0, 0, ''];
  let asOf: string | undefined;
  for await (const page of ledgerSource(place.store, head).pages(out.signal)) {
    for (const fact of page) {
      chain.take(fact);
      positions.pass(fact.position, fact.position);
    }
    asOf = page.at(-1)!.metadata.recordedAt;
    const missing = await missingKeys(place.pool, page);
    lost += missing.length;
    first ||= missing[0] ?? '';
    progress.reached((facts += page.length), page.at(-1)!.position);
  }
  if (lost > 0)
    throw new OperatorError(
      `The database lacks the data keys of ${lost} facts (the first: ${first}): it is older than the ledger, and their words cannot be read. Restore it to a moment that is not before the ledger's.`,
    );
  return { sum: chain.sum(), asOf };
};

/** Facts of the page that hold a text whose key's row is missing; an erased key has its row. */
const missingKeys = async (pool: Pool, page: readonly RecordedEvent[]): Promise<string[]> => {
  const used = page.map((fact) => ({ fact, kids: keysIn(fact.data) }));
  const kids = [...new Set(used.flatMap((one) => one.kids))];
  if (kids.length === 0) return [];
  const there = await keysThere(pool, kids);
  return used
    .filter((one) => one.kids.some((kid) => !there.has(kid)))
    .map(({ fact }) => `${fact.stream} at revision ${fact.revision}`);
};

const keysIn = (value: unknown): string[] => {
  if (isEnvelope(value)) return [value.key];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(keysIn) : [];
};

/**
 * Followers of facts that are gone, whose rows tell of them: read models, and what the process manager counts by and has
 * set. All of it follows from the ledger; timers that fire again find their commands recorded.
 */
const forgetFollowing = async (tx: PoolClient): Promise<void> => {
  await dropAllGenerations(tx);
  await clearDerived(tx, allRooms);
  await forgetFollowers(tx, PROCESS_MANAGER, subscriptionOf(''));
};
