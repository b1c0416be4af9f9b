import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { openTestLedger } from '#test/support/ledger';
import { testDatabase } from '#test/support/test-database';
import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import type { ComplaintEvent } from '#complaint/events';
import { complaintReceived } from '#complaint/intake/events';
import { recorded } from '#fact/decision';
import type { Event } from '#fact/define-event';
import type { Fact } from '#fact/fact';
import { personalText } from '#fact/personal';
import { streamOf, type StreamKind } from '#fact/stream-kind';
import { followUpStreams } from '#follow-up/follow-up';
import type { FollowUpEvent } from '#follow-up/events';
import type { Position } from '#ledger/stream/port';
import { ledgerMigrations } from '#ledger/adapters/postgres/migrations';
import { transact } from '#ledger/stream/transact';
import { inTransaction } from '#postgres/database';
import { migrate } from '#postgres/migrations';
import { eraseSubject } from '#privacy/erase';
import { MasterKey } from '#privacy/master-key';
import { PostgresKeyTable } from '#privacy/postgres-key-table';
import { Secrets } from '#privacy/secrets';
import { Vault } from '#privacy/vault';
import { checksumsOf, type TableSum } from './checksum.ts';
import { forgetInReadModels } from './forget.ts';
import { followerOf } from './following.ts';
import { ensureLive, subscriptionOf, type Generation } from './generations.ts';
import { readModelMigrations } from './migrations.ts';
import { readModels } from './models.ts';
import { filterOf, type Projection } from './projection.ts';

/** A ledger, its keys and its read models on a database of their own, for stories of the read models. */
export const openWorld = async () => {
  const database = await testDatabase();
  const { pool } = database;
  await migrate(pool, ledgerMigrations, readModelMigrations);
  const { store, identity } = await openTestLedger(database);
  const master = MasterKey.mint().key;
  const vault = new Vault(new PostgresKeyTable(pool), master);
  const secrets = await Secrets.open(pool, master);

  /** Records events in one append, as a decision would. */
  const record = async <State, E extends Event>(
    kind: StreamKind<State, E>,
    stream: string,
    events: readonly E[],
    effectiveAt?: string,
  ): Promise<readonly Fact[]> => {
    const outcome = await transact({
      store,
      vault,
      kind,
      stream,
      now: () => new Date(),
      request: {
        commandId: randomUUID(),
        requestDigest: 'hmac-sha256:story',
        actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
        correlationId: randomUUID(),
        ...(effectiveAt !== undefined && { effectiveAt }),
      },
      decide: () => ({ decision: recorded(...(events as readonly [E, ...E[]])), policyVersion: 0 }),
    });
    if (outcome.kind !== 'recorded') throw new Error(`the story was not recorded: ${JSON.stringify(outcome)}`);
    return outcome.facts;
  };

  return {
    ...database,
    store,
    identity,
    vault,
    secrets,
    /** What queries ask of. */
    readers: { pool, store, secrets },
    complaint: (id: string, events: readonly ComplaintEvent[], at?: string) =>
      record<Complaint, ComplaintEvent>(complaintStreams, streamOf('complaint', id), events, at),
    call: (id: string, events: readonly FollowUpEvent[], at?: string) =>
      record(followUpStreams, streamOf('follow-up', id), events, at),
    erase: (subject: string) =>
      eraseSubject(
        { pool, log: { record: async () => {}, entries: async () => [] }, forget: [forgetInReadModels] },
        subject,
      ),
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
};
export type World = Awaited<ReturnType<typeof openWorld>>;

/** Applies what the ledger holds beyond the checkpoint, in batches of the given size. */
export const catchUp = async (world: World, models: readonly Projection[] = readModels, batch = 100): Promise<void> => {
  for (const projection of models) await fill(world, projection, await ensureLive(world.pool, projection), batch);
};

/** Brings one generation to the head of the ledger. */
export const fill = async (
  world: World,
  projection: Projection,
  generation: Generation,
  batch = 100,
): Promise<void> => {
  const { pool, store } = world;
  const { subscription, apply } = followerOf(projection, generation, world);
  await pool.query('insert into es.checkpoints (subscription) values ($1) on conflict do nothing', [subscription]);
  for (;;) {
    const { rows } = await pool.query<{ position: Position | null }>(
      'select position from es.checkpoints where subscription = $1',
      [subscription],
    );
    const after = rows[0]!.position ?? undefined;
    const page = await store.readAll({
      ...(after !== undefined && { after }),
      maxCount: batch,
      filter: filterOf(projection),
    });
    if (page.scannedTo === undefined) return;
    await inTransaction(pool, async (tx) => {
      if (page.events.length > 0) await apply(page.events, tx);
      await tx.query('update es.checkpoints set position = $2 where subscription = $1', [subscription, page.scannedTo]);
    });
  }
};

/** Applies every fact of the ledger again, in one batch, as a follower does whose checkpoint was lost. */
export const applyAgain = async (world: World, projection: Projection): Promise<void> => {
  const { events } = await world.store.readAll({ maxCount: 100_000, filter: filterOf(projection) });
  const live = await ensureLive(world.pool, projection);
  await inTransaction(world.pool, (tx) => followerOf(projection, live, world).apply(events, tx));
};

export const sumsOf = async (pool: Pool, projection: Projection, { schema }: Generation): Promise<TableSum[]> =>
  inTransaction(pool, (tx) => checksumsOf(tx, projection, schema));

export const parkedIn = async (pool: Pool, { schema }: Generation): Promise<number> => {
  const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from es.parked where subscription = $1', [
    subscriptionOf(schema),
  ]);
  return rows[0]!.n;
};

type Received = Parameters<typeof complaintReceived>[0];
type IssueTold = Partial<Received['issues'][number]> & { readonly category: string };

/** A receipt; what a story does not tell is plain. */
export const receipt = (
  told: Partial<Omit<Received, 'issues' | 'customer' | 'purchase'>> & {
    readonly issues?: readonly IssueTold[];
    readonly subject?: string;
    readonly customerReference?: string;
    readonly order?: string;
  } = {},
) => {
  const { issues = [{ category: 'delivery-late' }], subject = randomUUID(), customerReference, order, ...rest } = told;
  return complaintReceived({
    reference: referenceNo(),
    channel: 'phone',
    words: personalText('Nobody called ahead.'),
    desiredOutcomes: [],
    confidentiality: 'open',
    dues: [],
    ...rest,
    customer: { id: subject, ...(customerReference !== undefined && { reference: personalText(customerReference) }) },
    ...(order !== undefined && { purchase: { order: personalText(order) } }),
    issues: issues.map((issue) => ({ id: randomUUID(), presumed: 'minor' as const, ...issue })),
  });
};

let references = 0;
const referenceNo = (): string => String(++references).padStart(7, '0');
