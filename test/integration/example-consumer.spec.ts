import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDeployment, type Deployment, type Running } from '../support/deployment.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithKafka } from '../support/kafka.ts';

jest.setTimeout(120_000);

/** examples/consumer, run as another team would run it: a process of its own. */
const places: string[] = [];
const children: ChildProcess[] = [];
const consumer = (
  settings: Record<string, string>,
  state = join(mkdtempSync(join(tmpdir(), 'consumer-')), 'state'),
) => {
  places.push(join(state, '..'));
  const child = spawn(process.execPath, ['examples/consumer/main.mjs'], {
    env: { PATH: process.env['PATH'], ...settings, STATE: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => void (said += text.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    state,
    ended,
    said: () => said,
    counts: () => (said.includes('{') ? (JSON.parse(said.trim().split('\n').at(-1)!) as object) : undefined),
    kill: (signal: NodeJS.Signals = 'SIGTERM') => (child.kill(signal), ended),
  };
};
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));
afterAll(() => places.forEach((place) => rmSync(place, { recursive: true, force: true })));

const counted = (one: ReturnType<typeof consumer>, expected: object) =>
  eventually(() => JSON.stringify(one.counts()) === JSON.stringify(expected), JSON.stringify(expected), {
    withinMs: 60_000, // a consumer that was killed keeps its place in the group until its session is over
  });

describeWithKafka('the example of a consumer', (kafka) => {
  let deployment: Deployment;
  let service: Running;
  let url: string;
  const organisation = `example-${Date.now().toString(36)}`;
  const receive = async (category: string): Promise<string> =>
    (await service.client.post('/v1/complaints', { channel: 'app', words: 'It broke.', issues: [{ category }] })).body
      .id;

  beforeAll(async () => {
    deployment = await makeDeployment({ KAFKA_BROKERS: kafka().brokers, ORGANISATION: organisation });
    service = await deployment.start({ DATABASE_URL: (await deployment.database()).url });
    url = service.url;
  }, 120_000);
  afterAll(async () => deployment?.remove(), 60_000);

  it('counts the same from Kafka and from the feed, also after being killed', async () => {
    await receive('delivery-late');
    await receive('delivery-late');
    const broken = await receive('it-broke');
    const settings = { KAFKA_BROKERS: kafka().brokers, ORGANISATION: organisation, GROUP: organisation };
    const [byKafka, byFeed] = [consumer(settings), consumer({ REDRESS_URL: url })];
    await counted(byKafka, { 'delivery-late': 2, 'it-broke': 1 });
    await counted(byFeed, { 'delivery-late': 2, 'it-broke': 1 });

    await byKafka.kill('SIGKILL');
    await byFeed.kill('SIGKILL');
    await service.client.post(`/v1/complaints/${broken}/withdrawals`, { reason: 'It works again.' });
    const again = [consumer(settings, byKafka.state), consumer({ REDRESS_URL: url }, byFeed.state)];
    for (const one of again) await counted(one, { 'delivery-late': 2 });
    expect(await Promise.all(again.map((one) => one.kill()))).toEqual([0, 0]);
  });
});

/** A feed that plays the part of a ledger with a past. */
describe('the example of a consumer, on a feed that is told', () => {
  const [OLD, NEW] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
  const subject = 'c0000000-0000-4000-8000-000000000001';
  let events: { sequence: string; position: string }[];
  let server: Server;
  let url: string;
  const event = (epoch: string, sequence: number, type: string, data: object) => ({
    subject,
    type: `redress.complaint.${type}.v1`,
    sequence: String(sequence).padStart(10, '0'),
    position: `${epoch}.${String(sequence).padStart(20, '0')}`,
    data,
  });
  const placeIn = (state: string): { sequence: number } | undefined =>
    existsSync(state) ? JSON.parse(readFileSync(state, 'utf8')).subjects[subject]?.place : undefined;
  const received = (epoch: string, category: string) =>
    event(epoch, 0, 'received', { issues: [{ id: 'i', category }] });

  beforeAll((done) => {
    server = createServer((request, response) => {
      const asked = new URL(request.url!, 'http://x').searchParams;
      const [after, of, afterFact] = [asked.get('after'), asked.get('subject'), asked.get('afterFact')];
      const epoch = events[0]!.position.split('.')[0]!;
      response.setHeader('content-type', 'application/json');
      if (after && !after.startsWith(epoch)) return void response.writeHead(410).end('{"code":"other-ledger"}');
      const items = events.filter(({ position, sequence }) =>
        of ? !afterFact || sequence > afterFact.split('/')[2]! : !after || position > after,
      );
      response.end(JSON.stringify({ items, position: items.at(-1)?.position ?? after }));
    }).listen(0, '127.0.0.1', () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  afterAll((done) => void server.close(done));

  it('reads a subject again when the ledger was restored to before what it has', async () => {
    events = [received(OLD, 'late'), event(OLD, 1, 'recorded', {}), event(OLD, 2, 'withdrawn', {})];
    const one = consumer({ REDRESS_URL: url });
    await eventually(() => placeIn(one.state)?.sequence === 2, 'all is read');
    await counted(one, {});
    events = [received(NEW, 'late'), event(NEW, 1, 'issue-added', { issue: { id: 'j', category: 'rude' } })];
    await counted(one, { late: 1, rude: 1 });
    expect(await one.kill()).toBe(0);
    expect(placeIn(one.state)).toEqual({ epoch: NEW, sequence: 1, former: [OLD] });
  });

  it('raises an alarm on a gap, and applies nothing behind it', async () => {
    events = [received(OLD, 'late'), event(OLD, 2, 'withdrawn', {})];
    const one = consumer({ REDRESS_URL: url });
    expect(await one.ended).toBe(1);
    expect(one.said()).toContain(`ALARM: ${subject}: sequence 2 came, one before it never did.`);
    expect(existsSync(one.state)).toBe(false);
  });
});
