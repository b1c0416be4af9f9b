import { randomBytes, randomUUID } from 'node:crypto';
import { allRooms } from '#process-manager/rooms';
import { ledgerSource } from '#ledger/copy/source';
import type { EventStore, Position, RecordedEvent } from '#ledger/stream/port';
import { postgresBulkWriter } from '#ledger/adapters/postgres/bulk-writer';
import { PostgresEventStore } from '#ledger/adapters/postgres/postgres-event-store';
import { migrate } from '#postgres/migrations';
import { openLedger } from '#program/open-ledger';
import { readSettings } from '#settings/settings';
import { eventually } from '../support/eventually.ts';
import { makeDeployment, type Deployment, type Environment } from '../support/deployment.ts';
import { describeWithEventStore } from '../support/eventstore.ts';
import { sampleFact } from '../support/facts.ts';
import { buildPrograms, type Programs } from '../support/program.ts';

jest.setTimeout(120_000);

const FACTS = 1_500;

/** The command as an operator runs it: a process, that somebody kills. */
describeWithEventStore('a copy that is killed', (eventStore) => {
  let built: Programs;
  let deployment: Deployment;
  let environment: Environment;
  let target: EventStore;
  let checkpoint: Position;
  let close: () => Promise<void>;

  beforeAll(async () => {
    built = buildPrograms();
    deployment = await makeDeployment({ ORGANISATION: `killed-${randomBytes(4).toString('hex')}` });
    const database = await deployment.database();
    environment = {
      ...deployment.environment,
      DATABASE_URL: database.url,
      EVENTSTORE_URL: eventStore().url,
      LEDGER_PREFIX: `${deployment.environment['ORGANISATION']}-`,
    };
    await migrate(database.pool, ...allRooms);
    const streams = Array.from({ length: 40 }, () => `complaint-${randomUUID()}`);
    const digests = new Map<string, string>();
    await postgresBulkWriter(database.pool).write(
      Array.from({ length: FACTS }, (_, number): RecordedEvent => {
        const [stream, revision] = [streams[number % 40]!, BigInt(Math.floor(number / 40))];
        const fact = sampleFact({ stream, revision, previousDigest: digests.get(stream) ?? null });
        digests.set(stream, fact.metadata.digest);
        return { ...fact, stream, revision, position: '' as Position };
      }),
    );
    checkpoint = (await fromSource())[900]!.position;
    await database.pool.query(`insert into es.checkpoints (subscription, position) values ('publisher@1', $1)`, [
      checkpoint,
    ]);
    const opened = await openLedger(readSettings(environment, { standalone: true }), {
      pool: database.pool,
      databaseUrl: database.url,
    });
    target = opened.store;
    close = () => opened.close();
  });
  afterAll(async () => {
    await built?.remove();
    await close?.();
    await deployment?.remove();
  });

  const factsIn = async (store: EventStore): Promise<RecordedEvent[]> => {
    const facts: RecordedEvent[] = [];
    for await (const page of ledgerSource(store, await store.head()).pages()) facts.push(...page);
    return facts;
  };
  /** Connected only as long as it is read: the command waits for whoever is at work on the source. */
  const fromSource = async (): Promise<RecordedEvent[]> => {
    const source = new PostgresEventStore({ url: environment['DATABASE_URL']! });
    try {
      return await factsIn(source);
    } finally {
      await source.close();
    }
  };
  const checkpointNow = async (): Promise<Position> => {
    const [database] = deployment.databases;
    const { rows } = await database!.pool.query<{ position: Position }>('select position from es.checkpoints');
    return rows[0]!.position;
  };
  const args = ['copy', '--from', 'postgres', '--to', 'eventstoredb'];

  it('has changed nothing that a program goes by', async () => {
    const killed = built.start('operator/src/main.js', environment, args);
    await eventually(async () => (await target.head()) !== undefined, 'facts arrive');
    killed.process.kill('SIGKILL');
    expect(await killed.ended).toEqual({ code: null, signal: 'SIGKILL' });
    const arrived = (await factsIn(target)).length;
    expect(arrived).toBeGreaterThan(0);
    expect(arrived).toBeLessThan(FACTS);
    expect(await checkpointNow()).toBe(checkpoint);
  });

  it('goes on when it is run again, with every fact once, in order', async () => {
    const arrived = (await factsIn(target)).length;
    const again = built.start('operator/src/main.js', environment, args);
    expect([(await again.ended).code, again.stderr()]).toEqual([0, '']);
    expect(again.stdout()).toContain(`${FACTS - arrived} facts were copied, ${arrived} were there already.`);
    expect(again.stdout()).not.toContain(environment['DATABASE_URL']);
    const plain = (facts: readonly RecordedEvent[]) => facts.map(({ position: _position, ...fact }) => fact);
    const copied = await factsIn(target);
    expect(plain(copied)).toEqual(plain(await fromSource()));
    // And the checkpoint lies at the same last fact.
    const [epoch, digits] = (await checkpointNow()).split('.');
    expect(digits).toBe(copied[900]!.position.split('.')[1]);
    expect(epoch).not.toBe(checkpoint.split('.')[0]);
  });

  it('says what it can do, and what it did not understand', async () => {
    const asked = [['--help'], ['destroy'], ['copy', '--from', 'postgres']];
    const said = asked.map((words) => built.start('operator/src/main.js', environment, words));
    expect(await Promise.all(said.map(async ({ ended }) => (await ended).code))).toEqual([0, 2, 2]);
    for (const command of ['backup', 'restore', 'restored', 'copy'])
      expect(said[0]!.stdout()).toContain(`  ${command} `);
  });
});
