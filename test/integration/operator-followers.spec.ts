import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '#operator/commands/all';
import { operate } from '#operator/operate';
import { allRooms } from '#process-manager/rooms';
import { startProjector } from '#projector/projector';
import { referenceOf } from '#desk/reference';
import type { NewEvent } from '#ledger/stream/port';
import { MasterKey } from '#privacy/master-key';
import { openParts, type Parts } from '#program/program-dependencies';
import { complaints } from '#read-models/complaints/projection';
import { receipt } from '#read-models/read-models.stories';
import { ensureLive, subscriptionOf } from '#read-models/generations';
import { readSettings } from '#settings/settings';
import { eventually } from '../support/eventually.ts';
import { sampleFact } from '../support/facts.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(60_000);

const silent = { info: () => {}, warn: () => {}, error: () => {} };
let database: TestDatabase;
let room: string;
let environment: Record<string, string>;
let parts: Parts;
let subscription: string;
let end: AbortController;
let projecting: Promise<void>;

beforeEach(async () => {
  database = await testDatabase();
  room = await mkdtemp(join(tmpdir(), 'redress-operator-'));
  await writeFile(join(room, 'key'), `${MasterKey.mint().text}\n`, { mode: 0o600 });
  environment = {
    DATABASE_URL: database.url,
    ORGANISATION: 'test',
    MASTER_KEY_FILE: join(room, 'key'),
    ERASURE_LOG: join(room, 'erasures.jsonl'),
    DATA_DIR: join(room, 'data'),
  };
  parts = await openParts(readSettings(environment, { standalone: true }), {
    databaseUrl: database.url,
    name: 'test',
    mint: false,
    log: silent,
    rooms: allRooms,
  });
  subscription = subscriptionOf((await ensureLive(parts.pool, complaints)).schema);
  end = new AbortController();
  projecting = startProjector({ ...parts, signal: end.signal, log: silent, models: [complaints] }).ended;
});
afterEach(async () => {
  end.abort();
  await projecting;
  await parts.close();
  await database.drop();
  await rm(room, { recursive: true });
});

const operating = async (...args: string[]): Promise<{ code: number; said: string[] }> => {
  const said: string[] = [];
  const out = { say: (line: string) => void said.push(line), signal: end.signal, environment };
  return { code: await operate(commands, args, out), said };
};

const write = async (stream: string, revision: bigint, type: string, data: object): Promise<void> => {
  const fact = sampleFact({ stream, revision, type, data: data as NewEvent['data'] });
  await parts.store.append(stream, revision === 0n ? 'no_stream' : revision - 1n, [fact]);
};
const applied = async (): Promise<unknown> => {
  const { rows } = await parts.pool.query('select position from es.checkpoints where subscription = $1', [
    subscription,
  ]);
  return rows[0]?.position;
};
const untilAtHead = () => eventually(async () => (await applied()) === (await parts.store.head()), 'all is read');

it('shows who follows, what is parked with those behind it, and replays it while the projector works', async () => {
  const [poor, well] = [`complaint-${randomUUID()}`, `complaint-${randomUUID()}`];
  const { data } = receipt();
  const faulty = referenceOf(4711);
  const plain = { ...data, reference: referenceOf(815), words: { $enc: 1, key: randomUUID(), iv: 'AA==', ct: 'AA==' } };
  await write(well, 0n, 'ComplaintReceived', plain);
  await untilAtHead();
  // A fault of the database that is mended later.
  const { schema } = await ensureLive(parts.pool, complaints);
  await parts.pool.query(`alter table ${schema}.complaints add constraint fault check (reference <> '${faulty}')`);
  await write(poor, 0n, 'ComplaintReceived', { ...plain, reference: faulty });
  await write(poor, 1n, 'HandlerAssigned', { handler: 'anna' });
  await write(poor, 2n, 'HandlerAssigned', { handler: 'ben' });
  await untilAtHead();

  const list = await operating('followers');
  expect(list.code).toBe(0);
  expect(list.said.find((line) => line.startsWith(subscription))).toMatch(
    /caught-up, 0 facts and 0 s behind, 3 parked \(2 of them behind others\), followed by .+:\d+$/,
  );
  expect(list.said.find((line) => line.startsWith('publisher@1'))).toMatch(/following, 4 facts .* followed by nobody$/);

  const parked = await operating('parked', '--subscription', subscription);
  expect(parked).toMatchObject({ code: 0, said: [expect.stringMatching(/23514, tried 3 times, .* 2 behind it/)] });
  expect(parked.said[0]).toContain(poor);
  expect(parked.said[0]).not.toContain(faulty);
  expect((await operating('parked', '--subscription', 'publisher@1')).said).toEqual(['Nothing is parked.']);

  expect(await operating('replay')).toMatchObject({
    code: 1,
    said: [`${subscription}  0 facts taken in, 3 still parked`],
  });
  await parts.pool.query(`alter table ${schema}.complaints drop constraint fault`);
  expect(await operating('replay', '--subscription', subscription, '--stream', well)).toMatchObject({ code: 0 });
  expect(await operating('replay', '--stream', poor)).toEqual({
    code: 0,
    said: [`${subscription}  3 facts taken in, 0 still parked`, 'Nothing of that is parked any more.'],
  });
  const { rows } = await parts.pool.query(
    `select handler, revision from ${schema}.complaints where reference = '${faulty}'`,
  );
  expect(rows).toEqual([{ handler: 'ben', revision: 2 }]);

  expect((await operating('replay', '--subscription', 'publisher@1')).code).toBe(2);
});

it('says in a sentence that a checkpoint is of another epoch', async () => {
  await write(`complaint-${randomUUID()}`, 0n, 'HandlerAssigned', { handler: 'anna' });
  await untilAtHead();
  await parts.pool.query(`update es.checkpoints set position = 'gone.00000000000000000001' where subscription = $1`, [
    subscription,
  ]);
  const { code, said } = await operating('followers');
  expect(code).toBe(1);
  expect(said.join('\n')).toMatch(/stopped \(other-epoch\).*\n.*the ledger was copied or restored/);
});
