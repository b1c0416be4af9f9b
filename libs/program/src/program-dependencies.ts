import { resolve } from 'node:path';
import type { Pool } from 'pg';
import type { DeskDependencies } from '#desk/desk-dependencies';
import { PostgresReferences } from '#desk/references';
import type { LedgerIdentity } from '#ledger/stream/ledger-identity';
import type { EventStore } from '#ledger/stream/port';
import { adviceOn, sentenceOn, type Advice } from '#postgres/advice';
import { openDatabase } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import type { RoomSchema } from '#postgres/tables';
import { reapplyErasures, unlistedErasures, type EraseOptions } from '#privacy/erase';
import { FileErasureLog } from '#privacy/erasure-log';
import { openMasterKey } from '#privacy/master-key-file';
import { PostgresKeyTable } from '#privacy/postgres-key-table';
import { Secrets } from '#privacy/secrets';
import { Subjects } from '#privacy/subjects';
import { Vault } from '#privacy/vault';
import { forgetInReadModels } from '#read-models/forget';
import type { Settings } from '#settings/settings';
import { systemClock, type Clock } from '#time/clock';
import { rooms } from './rooms.ts';
import { openingAll } from './opened.ts';
import { openLedger, type OpenedLedger } from './open-ledger.ts';
import { onlyWhileLocked, ProgramLock } from './program-lock.ts';
import { proveServedLedger, rememberServedLedger } from './served-ledger.ts';

/** What every program of a deployment stands on. */
export interface Parts {
  readonly settings: Settings;
  readonly pool: Pool;
  readonly store: EventStore;
  readonly identity: LedgerIdentity;
  readonly live?: OpenedLedger['live'];
  readonly vault: Vault;
  readonly secrets: Secrets;
  readonly desk: DeskDependencies;
  readonly erasing: EraseOptions;
  /** Settings of an operator's own PostgreSQL that fall far short. The embedded one is sized by the machine. */
  readonly advice: readonly Advice[];
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly databaseUrl: string;
  /** Shows in the database's list of connections. */
  readonly name: string;
  /** Makes the master key at the very first start. */
  readonly mint: boolean;
  readonly log: { warn(about: object, message: string): void };
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Whose tables are brought up to date; absent: those that every program needs. */
  readonly rooms?: readonly RoomSchema[];
}

/**
 * Opens the database and the ledger, brings the schemas up to date, proves the master key and that the database serves
 * this ledger, fixes the organisation and applies erasures that a restore undid: all before any door opens.
 * Throws MasterKeyError, WrongMasterKey, OperatorAtWork, LedgerAway, OtherLedger, OtherOrganisation, and whatever the database says.
 */
export const openParts = (settings: Settings, options: OpenOptions): Promise<Parts> =>
  openingAll(async (opened) => {
    const { databaseUrl, name, log } = options;
    const pool = openDatabase(databaseUrl, {
      name: `redress-${name}`,
      max: 20,
      onIdleError: () => log.warn({ part: 'database' }, 'an idle connection broke; the pool replaces it'),
    });
    opened.closeBy(() => pool.end());
    await migrate(pool, ...(options.rooms ?? rooms));
    const keyFile = settings.masterKeyFile ?? `${resolve(settings.dataDir)}.master-key`;
    const master = await openMasterKey({ pool, file: keyFile, mint: options.mint });
    const secrets = await Secrets.open(pool, master);
    const programLock = await ProgramLock.take(databaseUrl, { name: `redress-${name}`, log });
    opened.closeBy(() => programLock.close());
    const ledger = await openLedger(settings, { pool, databaseUrl });
    opened.closeBy(() => ledger.close());
    const { identity } = ledger;
    const store = onlyWhileLocked(ledger.store, programLock);
    const epoch = await identity.epoch();
    await proveServedLedger(pool, store, epoch);
    programLock.serves(epoch);
    // For ever, so only for a start that has come this far.
    await identity.keepOrganisation(settings.organisation);
    await rememberServedLedger(pool, epoch);
    const vault = new Vault(new PostgresKeyTable(pool), master);
    const erasing: EraseOptions = {
      pool,
      log: new FileErasureLog(settings.erasureLog ?? `${resolve(settings.dataDir)}.erasures.jsonl`),
      forget: [forgetInReadModels],
    };
    await reapplyErasures(erasing);
    const unlisted = await unlistedErasures(erasing);
    if (unlisted > 0)
      log.warn(
        { part: 'erasures', unlisted },
        'the list of ERASURE_LOG lacks erasures that the database knows: it is not the current one, and a restore would bring these people back',
      );
    const references = new PostgresReferences(pool);
    if (await references.isEmpty()) await references.refill(store);
    const desk: DeskDependencies = {
      store,
      vault,
      secrets,
      subjects: new Subjects(pool, secrets),
      references,
      organisation: settings.organisation,
      clock: options.clock ?? systemClock,
    };
    const advice = settings.databaseUrl === undefined ? [] : await adviceOn(pool);
    if (advice.length > 0)
      log.warn(
        { part: 'database', settings: advice.map(({ setting }) => setting) },
        `PostgreSQL is not set for a ledger that grows: ${advice.map(sentenceOn).join('; ')} (docs/operations.md, PostgreSQL)`,
      );
    return {
      settings,
      pool,
      store,
      identity,
      ...(ledger.live && { live: ledger.live }),
      vault,
      secrets,
      desk,
      erasing,
      advice,
      close: () => opened.close(),
    };
  });
