import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasterKey } from '#privacy/master-key';
import { Client } from '../support/client.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithKafka, readTopic, type ReadMessage } from '../support/kafka.ts';
import { ledgerSettings } from '../support/ledger.ts';
import { buildPrograms, type Programs, type RunningProgram } from '../support/program.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(120_000);

/** The four programs as a deployment runs them: each a process of its own, on one ledger, one PostgreSQL and one Kafka. */
describeWithKafka('the four programs together', (kafka) => {
  const organisation = `together-${Date.now().toString(36)}`;
  const NAMES = ['api', 'projector', 'publisher', 'process-manager'] as const;
  let database: TestDatabase;
  let room: string;
  let settings: Record<string, string>;
  let built: Programs;
  const programs = new Map<string, RunningProgram>();
  const urls = new Map<string, string>();
  let client: Client;

  beforeAll(async () => {
    built = buildPrograms();
    database = await testDatabase();
    room = await mkdtemp(join(tmpdir(), 'redress-together-'));
    const key = join(room, 'master.key');
    await writeFile(key, `${MasterKey.mint().text}\n`, { mode: 0o600 });
    settings = {
      DATABASE_URL: database.url,
      ORGANISATION: organisation,
      MASTER_KEY_FILE: key,
      ERASURE_LOG: join(room, 'erasures.jsonl'),
      KAFKA_BROKERS: kafka().brokers,
      ...ledgerSettings(),
    };
    // All at once, on an empty database: each migrates it, fixes the organisation, adopts the policy.
    for (const name of NAMES) programs.set(name, built.start(`${name}/src/main.js`, settings));
    for (const [name, program] of programs) urls.set(name, await program.url());
    client = await Client.of(urls.get('api')!);
  }, 120_000);
  afterAll(async () => {
    await built?.remove();
    await database?.drop();
    if (room) await rm(room, { recursive: true, force: true });
  }, 60_000);

  const ready = async (url: string): Promise<{ status: number; body: { checks: { name: string; ok: boolean }[] } }> => {
    const answer = await fetch(`${url}/health/ready`);
    return { status: answer.status, body: (await answer.json()) as never };
  };
  const published = async (topic: string): Promise<ReadMessage[]> =>
    (await readTopic(kafka().brokers, topic)).filter(
      ({ headers }) => headers['ce_source'] === `/redress/${organisation}`,
    );
  const post = async (path: string, body: object = {}) => {
    const got = await client.post(path, body);
    expect([path, got.status, got.body.code]).toEqual([path, 201, undefined]);
    return got.body;
  };

  it('are ready, and tell how they stand', async () => {
    for (const [name, url] of urls) {
      await eventually(async () => (await ready(url)).status === 200, `${name} is ready`);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain('process_cpu_seconds_total');
      expect([name, /^redress_follower_lag_facts\{subscription="[^"]+"\} \d+$/m.test(metrics)]).toEqual([name, true]);
    }
    expect((await client.get('/v1/policy')).headers['etag']).toBe('"0"');
  });

  it('carry a complaint from the door to the lists, to Kafka and to what time asks for', async () => {
    const late = new Date(Date.now() - 10 * 86_400_000).toISOString();
    const received = await post('/v1/complaints', { channel: 'phone', words: 'Nobody called.', effectiveAt: late });
    const at = (door: string): string => `/v1/complaints/${received.id}/${door}`;

    // The process manager: nobody has answered within the norm.
    const types = async (): Promise<string[]> =>
      (await client.get(at('history'))).body.facts.map(({ type }: { type: string }) => type);
    await eventually(async () => (await types()).includes('FirstResponseMissed'), 'the missed response is noted');
    expect((await client.get(at('history'))).body.facts[1]).toMatchObject({
      type: 'FirstResponseMissed',
      actor: { role: 'system' },
      causationId: received.facts[0].id,
    });

    // The projector: whom to call.
    const resolved = await post(at('resolutions'), { text: 'Called.' });
    await eventually(async () => {
      const { body } = await client.get(`/v1/follow-up-calls?complaint=${received.id}`);
      return body.items?.[0]?.id === resolved.followUp;
    }, 'the call is listed');
    await post(`/v1/follow-up-calls/${resolved.followUp}/outcomes`, { solution: 5, attitude: 5, told: 'So.' });

    // The publisher: everything, in order, without a gap, each where its noun belongs.
    await eventually(async () => (await published('redress.follow-ups.v1')).length === 2, 'the call is published');
    const messages = (await published('redress.complaints.v1')).filter(({ key }) => key === received.id);
    expect(messages.map(({ headers }) => [headers['ce_type'], headers['ce_sequence']])).toEqual([
      ['redress.complaint.received.v1', '0000000000'],
      ['redress.complaint.first-response-missed.v1', '0000000001'],
      ['redress.complaint.resolved.v1', '0000000002'],
    ]);
    expect(messages[0]!.headers['ce_id']).toBe(received.facts[0].id);
    expect((await published('redress.follow-ups.v1')).map(({ key }) => key)).toEqual([
      resolved.followUp,
      resolved.followUp,
    ]);
  });

  it('notice what recurs, and say so on Kafka', async () => {
    const issues = [{ category: 'delivery-late', process: { department: 'logistics' } }];
    for (const words of ['Late.', 'Late again.', 'Late for ever.'])
      await post('/v1/complaints', { channel: 'app', words, issues });
    const [noticed] = await eventually(async () => {
      const messages = await published('redress.improvements.v1');
      return messages.length > 0 && messages;
    }, 'the recurrence is published');
    expect(noticed!.headers).toMatchObject({ ce_type: 'redress.recurrence.noticed.v1', ce_sequence: '0000000000' });
    expect(noticed!.key).toBe(noticed!.headers['ce_subject']);
    const items = await eventually(async () => {
      const { body } = await client.get('/v1/recurring-complaints?level=category');
      return body.items?.[0]?.count === 3 && body.items;
    }, 'the recurrence is listed');
    expect(items).toMatchObject([{ category: 'delivery-late', count: 3, overThreshold: true }]);
    expect(items[0].evidence).toHaveLength(3);
  });

  it('without a broker only the publisher is unready; the others go on', async () => {
    const lonely = built.start('publisher/src/main.js', { ...settings, KAFKA_BROKERS: '127.0.0.1:1' });
    programs.set('lonely publisher', lonely);
    const url = await lonely.url();
    let answer = await ready(url);
    await eventually(
      async () => (answer = await ready(url)).status === 503,
      'the publisher without a broker is unready',
    );
    expect(answer.body.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['kafka']);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    for (const name of NAMES) expect([name, (await ready(urls.get(name)!)).status]).toEqual([name, 200]);
    await post('/v1/complaints', { channel: 'app', words: 'It goes on.' });
  });

  it('end cleanly when they are asked to, all at once', async () => {
    const ends = await Promise.all([...programs].map(async ([name, program]) => [name, await program.stop()]));
    expect(ends).toEqual([...programs.keys()].map((name) => [name, { code: 0, signal: null }]));
    for (const program of programs.values()) {
      expect(program.stdout()).not.toContain('Nobody called.');
      expect(program.stderr()).not.toMatch(/\n {4}at /);
    }
  });
});
