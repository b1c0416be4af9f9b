import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultPolicy } from '#policy/default-policy';
import { isPostmaster, postmasterOf } from '#postgres/embedded/cluster';
import { MasterKey } from '#privacy/master-key';
import { SETTINGS } from '#settings/table';
import { eventually } from '../support/eventually.ts';
import { Client } from '../support/client.ts';
import { ledgerSettings } from '../support/ledger.ts';
import { buildPrograms, type Programs, type RunningProgram } from '../support/program.ts';
import { testDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(150_000);

/** The standalone program as a process: how it starts, how it refuses to, and how it ends. */

const STANDALONE = 'standalone/src/main.js';
const intake = (words: string) => ({ channel: 'phone', words });

describe('the standalone program', () => {
  let room: string;
  let dataDir: string;
  let programs: Programs;
  const ledger = ledgerSettings();
  const start = (settings: Record<string, string> = {}, args: readonly string[] = []): RunningProgram =>
    programs.start(STANDALONE, { DATA_DIR: dataDir, ...ledger, ...settings }, args);
  const postgres = (): number | undefined => {
    const place = join(dataDir, 'postgres');
    const running = existsSync(place) ? postmasterOf(place) : undefined;
    return running && isPostmaster(running.pid, place) ? running.pid : undefined;
  };
  /** Why it does not start: exit 1, one sentence, and nothing left behind. */
  const refusal = async (program: RunningProgram): Promise<string> => {
    expect(await program.ended).toEqual({ code: 1, signal: null });
    expect(postgres()).toBeUndefined();
    expect(program.stderr()).not.toMatch(/\n {4}at /); // no stack: the operator is told what to do
    return program.stderr();
  };

  beforeAll(async () => {
    room = await mkdtemp(join(tmpdir(), 'redress-programs-'));
    await chmod(room, 0o755); // so that a root's PostgreSQL, which does not run as root, gets in
    dataDir = join(room, 'data');
    programs = buildPrograms();
  });
  afterAll(async () => {
    await programs.remove();
    await rm(room, { recursive: true, force: true });
  }, 60_000);

  afterEach(async () => {
    await programs.kill();
    await eventually(() => postgres() === undefined, 'PostgreSQL follows whoever started it');
  }, 60_000);

  it('prints its settings for --help, and starts nothing', async () => {
    const program = start({}, ['--help']);
    expect(await program.ended).toEqual({ code: 0, signal: null });
    for (const name of Object.keys(SETTINGS)) expect(program.stdout()).toContain(`  ${name} `);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('finishes what is in flight when it is asked to stop, and takes its PostgreSQL along', async () => {
    const program = start();
    const url = await program.url();
    expect(program.stdout()).toContain(`curl -s ${url}/v1/complaints`);
    const port = Number(new URL(url).port);
    const waiting = await Promise.all(
      Array.from({ length: 20 }, (_, index) => halfSent(port, intake(`Number ${index}.`))),
    );
    expect(postgres()).toBeDefined();
    const ended = program.stop();
    await eventually(() => isClosed(port), 'nobody is let in any more');
    const answers = await Promise.all(waiting.map((one) => one.finish()));
    expect(answers.map((answer) => answer.split('\r\n', 1)[0])).toEqual(waiting.map(() => 'HTTP/1.1 201 Created'));
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(postgres()).toBeUndefined();

    const again = start();
    const client = await Client.of(await again.url());
    for (const answer of answers) {
      const { id } = JSON.parse(answer.split('\r\n\r\n')[1]!) as { id: string };
      expect((await client.get(`/v1/complaints/${id}`)).status).toBe(200);
    }
    expect(await again.stop()).toEqual({ code: 0, signal: null });
  });

  it('loses nothing that it acknowledged and doubles nothing when it is killed under load', async () => {
    const program = start();
    const client = await Client.of(await program.url());
    const acknowledged = new Map<string, object>();
    const sent = new Set<string>();
    const write = async (writer: number): Promise<void> => {
      for (let number = 0; ; number++) {
        const key = `${writer}:${number}`;
        sent.add(key);
        const got = await receive(client, key).catch(() => undefined);
        if (!got) return; // it is dead
        acknowledged.set(key, got);
        if (acknowledged.size === 120) program.process.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
    expect(await program.ended).toEqual({ code: null, signal: 'SIGKILL' });
    expect(acknowledged.size).toBeGreaterThanOrEqual(120);
    expect(sent.size).toBeGreaterThan(acknowledged.size); // it died with requests in flight

    const again = start();
    const next = await Client.of(await again.url());
    const complaints = new Set<string>();
    for (const key of sent) {
      const got = await receive(next, key);
      if (acknowledged.has(key)) expect(got).toEqual(acknowledged.get(key));
      expect(await receive(next, key)).toEqual(got);
      complaints.add(got.id);
    }
    expect(complaints.size).toBe(sent.size);
    const received = await allOf(next, '/v1/events?limit=1000', (event) =>
      event['type'] === 'redress.complaint.received.v1' ? [event['subject'] as string] : [],
    );
    expect(received.filter((id) => complaints.has(id)).sort()).toEqual([...complaints].sort());
    expect(new Set(received).size).toBe(received.length);
    await everythingFollowed(next);
    const listed = await allOf(next, '/v1/complaints?limit=200', (item) => [item['id'] as string]);
    expect(listed.sort()).toEqual(received.sort());
    expect(await again.stop()).toEqual({ code: 0, signal: null });
  });

  it('does not start with another master key', async () => {
    const file = join(room, 'other.key');
    await writeFile(file, `${MasterKey.mint().text}\n`, { mode: 0o600 });
    const said = await refusal(start({ MASTER_KEY_FILE: file }));
    expect(said).toMatch(/redress does not start\. .*master key/i);
    expect(said).not.toContain(readFileSync(file, 'utf8').trim());
  });

  it('does not start for another organisation', async () => {
    expect(await refusal(start({ ORGANISATION: 'somebody-else' }))).toContain('this ledger belongs to local');
  });

  it('does not start on a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await refusal(start({ PORT: String(port) }))).toContain(`PORT ${port} is taken on 127.0.0.1`);
    } finally {
      server.close();
    }
  });

  it('does not start with a setting that does not fit, and names each', async () => {
    const said = await refusal(start({ PORT: 'many', HOST: '0.0.0.0' }));
    expect(said).toContain('PORT must be a port');
    expect(said).toContain('HOST must be 127.0.0.1');
  });

  it('does not start without the database that it was told, and keeps the password to itself', async () => {
    const said = await refusal(start({ DATABASE_URL: 'postgres://redress:xyzzy@127.0.0.1:1/redress' }));
    expect(said).toContain('The database of DATABASE_URL does not answer (ECONNREFUSED)');
    expect(said).not.toContain('xyzzy');
  });

  it('does not start without the EventStoreDB that it was told, and keeps the password to itself', async () => {
    const url = 'esdb://redress:xyzzy@127.0.0.1:1';
    const said = await refusal(start({ EVENTSTORE_URL: url, LEDGER_PREFIX: '', DATA_DIR: join(room, 'other') }));
    expect(said).toMatch(/redress does not start\. The ledger of EVENTSTORE_URL cannot be used: .*\.\n$/);
    expect(said).not.toMatch(/xyzzy|127\.0\.0\.1/);
  });

  it('does not start where another one runs', async () => {
    const first = start();
    const url = await first.url();
    const second = start();
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.stderr()).toMatch(/does not start\. Another process uses .*\n$/);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(await first.stop()).toEqual({ code: 0, signal: null });
  });

  describe('with a policy file', () => {
    let database: TestDatabase;
    const policyLedger = ledgerSettings();
    beforeAll(async () => void (database = await testDatabase()));
    afterAll(() => database.drop());
    const withPolicy = async (policy: object): Promise<RunningProgram> => {
      const file = join(room, 'policy.json');
      await writeFile(file, JSON.stringify(policy));
      return start({ DATABASE_URL: database.url, POLICY_FILE: file, ...policyLedger });
    };
    const strict = { ...defaultPolicy, currency: 'RUB' };
    const mild = { ...strict, norms: { ...strict.norms, 'first-response': { workingDays: 3, calendar: 'default' } } };

    it('adopts it, and a changed one; what was decided keeps its version', async () => {
      const first = await withPolicy(strict);
      let client = await Client.of(await first.url());
      const old = (await client.post('/v1/complaints', intake('Old.'))).body;
      expect((await client.get('/v1/policy')).headers['etag']).toBe('"0"');
      expect(await first.stop()).toEqual({ code: 0, signal: null });

      const second = await withPolicy(mild);
      client = await Client.of(await second.url());
      expect((await client.get('/v1/policy')).body.norms).toEqual(mild.norms);
      const young = (await client.post('/v1/complaints', intake('Young.'))).body;
      const versions = async (id: string) =>
        (await client.get(`/v1/complaints/${id}/history`)).body.facts.map(
          (fact: { policyVersion: number }) => fact.policyVersion,
        );
      expect([await versions(old.id), await versions(young.id)]).toEqual([[0], [1]]);
      expect((await client.get(`/v1/complaints/${old.id}`)).body.clocks).toEqual(old.clocks);
      expect(young.clocks[0].due > old.clocks[0].due).toBe(true);
      expect(await second.stop()).toEqual({ code: 0, signal: null });
    });

    it('refuses one that a newer file has replaced', async () => {
      expect(await refusal(await withPolicy(strict))).toContain(
        'was adopted as version 0, and a newer file has replaced it',
      );
    });

    it('refuses one that is no policy, and points at every place', async () => {
      const said = await refusal(
        await withPolicy({ ...mild, currency: 'roubles', followUp: { ...mild.followUp, attempts: 0 }, colour: 'red' }),
      );
      for (const pointer of ['#/currency:', '#/followUp/attempts:', '#/colour:']) expect(said).toContain(pointer);
    });
  });
});

/** An intake that is there for ever: without clocks and next steps, which may differ. */
const receive = async (client: Client, key: string): Promise<{ id: string }> => {
  const { status, headers, body } = await client.post('/v1/complaints', intake(`Under ${key}.`), { key });
  if (status !== 201) throw new Error(`${key}: ${status}`);
  const { clocks: _clocks, nextSteps: _nextSteps, ...rest } = body;
  return { ...rest, etag: headers['etag'], location: headers['location'] };
};

const allOf = async <T>(client: Client, path: string, each: (item: Record<string, unknown>) => T[]): Promise<T[]> => {
  const found: T[] = [];
  for (let place = ''; ;) {
    const { status, body } = await client.get(`${path}${place}`);
    expect([path, status]).toEqual([path, 200]);
    found.push(...(body.items as Record<string, unknown>[]).flatMap(each));
    if (body.next !== undefined && body.next !== null) place = `&cursor=${encodeURIComponent(body.next)}`;
    else if (body.next === undefined && body.items.length > 0) place = `&after=${body.position}`;
    else return found;
  }
};

const everythingFollowed = (client: Client) =>
  eventually(async () => {
    const metrics = (await client.get('/metrics')).body as string;
    const lags = [...metrics.matchAll(/^redress_follower_lag_facts\{.*\} (\d+)$/gm)].map(([, lag]) => lag);
    return lags.length >= 5 && lags.every((lag) => lag === '0');
  }, 'all followers have caught up');

/** A request that the service has begun to take in: its head has arrived, its body not yet. */
const halfSent = async (port: number, body: object): Promise<{ finish(): Promise<string> }> => {
  const socket: Socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => void (heard += text));
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('error', () => undefined);
  const text = JSON.stringify(body);
  socket.write(
    `POST /v1/complaints HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\nExpect: 100-continue\r\n\r\n`,
  );
  await eventually(() => heard.includes('100 Continue'), 'the request has begun');
  heard = '';
  return {
    finish: async () => {
      socket.write(text);
      await closed;
      return heard;
    },
  };
};

const isClosed = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(false)).on('error', () => resolve(true));
    socket.on('connect', () => socket.destroy());
  });
