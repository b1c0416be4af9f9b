import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { runReadModelCommand } from '#projector/read-model-command';
import { startStandalone } from '#standalone/standalone';
import { embeddedUrl } from '#postgres/embedded';
import { eraseSubject } from '#privacy/erase';
import { makeLog } from '#program/log';
import { Opened } from '#program/opened';
import { openParts, type Parts } from '#program/program-dependencies';
import { readSettings } from '#settings/settings';
import { filesWith, formsOf, rareStems, storeUncompressed } from '../support/bytes.ts';
import { eventually } from '../support/eventually.ts';
import { Client, type Got } from '../support/client.ts';
import { describeWithKafka, readTopic } from '../support/kafka.ts';
import { ledgerSettings } from '../support/ledger.ts';
import {
  definedPersonalFields,
  erasedIn,
  markedLife,
  placesOf,
  sealedFields,
  storedText,
  type Lived,
} from './erasure.stories.ts';

jest.setTimeout(120_000);

/** A person is erased (docs/domain.md §10): from the standalone service, everywhere it keeps anything, and nothing else is. */
describeWithKafka('erasing a person', (kafka) => {
  const [ours, theirs, control, later, plain] = rareStems(5) as [string, string, string, string, string];
  const organisation = `o-${ours.slice(0, 8)}`; // on a broker that others use as well, only its messages are ours
  let room: string;
  let logFile: string;
  let dataDir: string;
  let log: ReturnType<typeof makeLog>;
  let parts: Parts;
  let client: Client;
  let person: Lived;
  let other: Lived;
  const end = new AbortController();
  const opened = new Opened();

  beforeAll(async () => {
    room = await mkdtemp(join(await realpath(tmpdir()), 'redress-erasure-'));
    await chmod(room, 0o755); // so that a root's PostgreSQL, which does not run as root, gets in
    logFile = join(room, 'redress.log');
    dataDir = join(room, 'data');
    log = makeLog('trace', pino.destination({ dest: logFile, sync: true }));
    const settings = readSettings(
      {
        PORT: '0',
        DATA_DIR: dataDir,
        KAFKA_BROKERS: kafka().brokers,
        ORGANISATION: organisation,
        LOG_LEVEL: 'trace',
        ...ledgerSettings(),
      },
      { standalone: true },
    );
    const running = await startStandalone(settings, log);
    opened.closeBy(() => running.stop());
    // As the command that erases will do it: a process of its own, beside the service.
    parts = await openParts(settings, { databaseUrl: embeddedUrl(dataDir)!, name: 'eraser', mint: false, log });
    opened.closeBy(() => parts.close());
    await storeUncompressed(parts.pool);
    client = await Client.of(running.url);
    person = await markedLife(client, ours, theirs);
    other = await markedLife(client, control, `${control}rep`);
    await everythingFollowed();
  }, 120_000);

  afterAll(async () => {
    end.abort();
    await opened.close();
    await rm(room, { recursive: true, force: true });
  }, 60_000);

  /** Nobody lags: not the lists, not the topics, not the process manager. */
  const everythingFollowed = () =>
    eventually(async () => {
      const metrics = (await client.get('/metrics')).body as string;
      const lags = [...metrics.matchAll(/^redress_follower_lag_facts\{.*\} (\d+)$/gm)].map(([, lag]) => Number(lag));
      return lags.length >= 6 && lags.every((lag) => lag === 0);
    }, 'all followers have caught up');

  const bodiesOf = async (places: readonly string[]): Promise<Record<string, unknown>> => {
    const bodies: Record<string, unknown> = {};
    for (const place of places) {
      const { status, body } = await client.get(place);
      expect([place, status]).toEqual([place, 200]);
      bodies[place] = body;
    }
    return bodies;
  };

  const itemsOf = async (list: string): Promise<unknown[]> => {
    const { status, body } = await client.get(list);
    expect([list, status]).toEqual([list, 200]);
    return body.items;
  };

  /** What lists and reports say, without how fresh they are. */
  const listed = async () => {
    const by = new Date(Date.UTC(2099, 0)).toISOString();
    const all: Record<string, unknown> = {};
    for (const list of [
      '/v1/complaints?limit=200',
      '/v1/complaints?category=delivery-late',
      `/v1/complaints?customer=${person.customer}`,
      '/v1/complaints?state=withdrawn',
      '/v1/follow-up-calls',
      `/v1/follow-up-calls?complaint=${person.complaints[0]}`,
      `/v1/overdue?by=${by}`,
      '/v1/recurring-complaints?level=category',
      '/v1/recurring-complaints',
      '/v1/norms',
    ])
      all[list] = await itemsOf(list);
    return all;
  };

  const feed = async (): Promise<unknown[]> => itemsOf('/v1/events?limit=1000');

  const found = async (filter: string): Promise<string[]> =>
    ((await itemsOf(`/v1/complaints?${filter}`)) as { id: string }[]).map(({ id }) => id).sort();

  /** Every model built anew from the facts equals the live one. */
  const rebuildsEqual = async (): Promise<void> => {
    const said: string[] = [];
    const code = await runReadModelCommand(['rebuild', 'all'], {
      ...parts,
      signal: end.signal,
      log,
      say: (line) => void said.push(line),
    });
    expect([code, said.filter((line) => line.includes('different'))]).toEqual([0, []]);
    expect(said.filter((line) => line.endsWith(': equal'))).toHaveLength(4);
  };

  const repeated = async (lived: Lived): Promise<void> => {
    for (const { path, body, sent, got } of lived.asked)
      expect(same(await client.post(path, body, sent))).toEqual(same(got));
  };
  /** The same answer for ever; clocks and next steps may differ. */
  const same = ({ status, headers, body }: Got) => {
    const { clocks: _clocks, nextSteps: _nextSteps, ...rest } = body;
    return { status, etag: headers['etag'], location: headers['location'], ...rest };
  };

  it('is tried on every personal field that a fact can hold', async () => {
    const ids = [...person.complaints, ...person.calls];
    const sealed = await sealedFields(parts.store, ids);
    expect(definedPersonalFields().filter((field) => !sealed.has(field))).toEqual([]);
    expect(definedPersonalFields().length).toBeGreaterThan(30);
  });

  it('leaves "erased" where the words were, in every answer, and not a character else is changed', async () => {
    const places = await placesOf(client, person);
    const [before, lists, events] = [await bodiesOf(places), await listed(), await feed()];
    for (const word of ['words', 'name', 'override', 'waiver', 'comment', 'right'])
      expect(JSON.stringify(before)).toContain(`${ours}${word}`);

    const erasure = await eraseSubject(parts.erasing, person.customer);
    expect(erasure).toMatchObject({ subject: person.customer, keys: 3 }); // two complaints; the call with words

    const after = await bodiesOf(places);
    expect(after).toEqual(erasedIn(before, ours));
    expect(JSON.stringify(after)).not.toContain(ours);
    expect(JSON.stringify(after)).toContain(`${theirs}name`); // the representative is another person
    expect(await listed()).toEqual(erasedIn(lists, ours));
    expect(await feed()).toEqual(events);

    await eraseSubject(parts.erasing, person.representative);
    expect(await bodiesOf(places)).toEqual(erasedIn(after, theirs));
    const { body } = await client.get(`/v1/complaints/${person.complaints[0]}`);
    expect(body.representative).toMatchObject({ name: { erased: true }, mandateUntil: '2030-01-31' });
  });

  it('is nobody else: the other customer’s words stand', async () => {
    const { body } = await client.get(`/v1/complaints/${other.complaints[0]}`);
    expect(body.words).toContain(control);
    expect(erasedIn(body, ours)).toEqual(body);
    expect(JSON.stringify(body)).not.toContain('"erased":true');
  });

  it('is found no more by reference or order, and the other customer is', async () => {
    for (const filter of [`customer=${ours}ref`, `customer=${ours}ref2`, `order=${ours}order`])
      expect([filter, await found(filter)]).toEqual([filter, []]);
    expect((await client.get(`/v1/customers?reference=${ours}ref`)).status).toBe(404);
    expect(await found(`customer=${person.customer}`)).toEqual([...person.complaints].sort());
    expect(await found(`customer=${control}ref`)).toEqual([...other.complaints].sort());
    expect(await found(`customer=${control}ref2`)).toEqual([other.complaints[0]]);
    expect(await found(`order=${control}order`)).toEqual([other.complaints[0]]);
  });

  it('changes no answer to a repeated request', async () => {
    const head = (await client.get('/v1/events/latest-position')).body;
    await repeated(person);
    const [first] = person.asked;
    const reused = await client.post(first!.path, { ...(first!.body as object), words: 'Other.' }, first!.sent);
    expect([reused.status, reused.body.code]).toEqual([422, 'idempotency-key-reused']);
    expect((await client.get('/v1/events/latest-position')).body).toEqual(head);
  });

  it('leaves read models that a rebuild makes again, row by row', async () => {
    const before = await listed();
    await rebuildsEqual();
    expect(await listed()).toEqual(before);
  });

  it('stops nothing: words that come later are read, under a new key', async () => {
    const [first, second] = person.complaints;
    const text = `${later}message`;
    const { id, revision } = (
      await client.post(`/v1/complaints/${first}/messages`, { direction: 'in', channel: 'email', text })
    ).body;
    expect((await client.get(`/v1/complaints/${first}/messages/${id}`)).body.text).toBe(text);
    const { body } = await client.get(`/v1/complaints/${first}`);
    expect([body.revision, body.words, body.messages[0].text]).toEqual([revision, { erased: true }, { erased: true }]);
    const call = await client.post(`/v1/follow-up-calls/${person.calls[1]}/outcomes`, {
      declined: true,
      comment: `${later}comment`,
    });
    expect(call.status).toBe(201);
    expect((await client.post(`/v1/complaints/${first}/closures`)).status).toBe(201);
    expect((await client.post(`/v1/complaints/${second}/reopenings`, { reason: `${later}reason` })).status).toBe(201);
    const item = (await client.get(`/v1/complaints/${first}/history?limit=1`)).body.facts[0];
    const told = (await client.get(`/v1/complaints/${first}/history`)).body.facts[revision];
    expect([item.data.words, told.data.text]).toEqual([{ erased: true }, text]);
  });

  it('makes who complains again under the same reference somebody new', async () => {
    const again = await client.post('/v1/complaints', {
      channel: 'phone',
      words: `${later}again`,
      customer: { reference: `${ours}ref`, name: `${later}name` },
      purchase: { order: `${ours}order` },
    });
    expect(again.status).toBe(201);
    expect(again.body.customer.id).not.toBe(person.customer);
    expect((await client.get(`/v1/customers?reference=${ours}ref`)).body.id).toBe(again.body.customer.id);
    await everythingFollowed();
    expect(await found(`customer=${ours}ref`)).toEqual([again.body.id]);
    expect(await found(`order=${ours}order`)).toEqual([again.body.id]);
    await rebuildsEqual();
  });

  it('leaves the service ready, nothing parked, and says nothing of anybody in its metrics', async () => {
    await everythingFollowed();
    expect((await client.get('/health/ready')).status).toBe(200);
    const metrics = (await client.get('/metrics')).body as string;
    expect(metrics).toMatch(/^redress_follower_parked_facts\{.*\} 0$/m);
    expect(metrics).not.toMatch(/^redress_follower_parked_facts\{.*\} [1-9]/m);
    expect(metrics).not.toMatch(new RegExp([ours, theirs, control, later].join('|')));
  });

  it('leaves no byte of the words anywhere: files of the database, its log of writes, topics, our log', async () => {
    // Requests that are refused carry words, too.
    for (const [path, body] of [
      ['/v1/complaints', { channel: ours, words: `${ours}refused` }],
      ['/v1/complaints', { channel: 'phone', words: `${ours}\u0000` }],
      ['/v1/complaints', { channel: 'phone', words: 7, [`${ours}member`]: ours }],
      [`/v1/complaints/${ours}/thanks`, { why: ours }],
      [`/v1/complaints/${person.complaints[0]}/rectifications`, { fact: ours, data: { [ours]: ours }, reason: ours }],
    ] as const)
      expect((await client.post(path, body)).status).toBeGreaterThanOrEqual(400);
    await client.send('POST', '/v1/complaints', `{"words":"${ours}`);
    await client.get(`/v1/complaints?customer=${ours}&order=${ours}&${ours}=1`);

    // What the search is worth: the same kind of word in the clear, once in each place, and removed where that can be.
    const pool = parts.pool;
    await pool.query('create table plain (id int, text text)');
    await pool.query('insert into plain values (1, $1)', [`${plain}table`]);
    await pool.query('delete from plain');
    log.info({ said: `${plain}log` }, 'on purpose');
    const topic = 'redress.complaints.v1';
    execFileSync('kcat', ['-P', '-b', kafka().brokers, '-t', topic, '-k', 'on-purpose', '-H', 'ce_type=none'], {
      input: `${plain}topic`,
    });

    const topics = [];
    for (const name of [topic, 'redress.follow-ups.v1', 'redress.improvements.v1'])
      topics.push(...(await readTopic(kafka().brokers, name)));
    expect(topics.filter(({ headers }) => headers['ce_source'] === `/redress/${organisation}`).length).toBeGreaterThan(
      70,
    );
    const holds = (text: string): boolean[] =>
      [ours, theirs, control, later, plain].map((stem) => formsOf(stem).some((form) => text.includes(String(form))));
    expect(holds(JSON.stringify(topics))).toEqual([false, false, false, false, true]);
    const facts = await storedText(parts.store);
    expect(facts.length).toBeGreaterThan(70_000);
    expect(holds(facts)).toEqual([false, false, false, false, false]);

    await pool.query('vacuum');
    await pool.query('checkpoint');
    const { rows } = await pool.query<{ place: string }>(`select current_setting('data_directory') as place`);
    const database = rows[0]!.place;
    await opened.close();

    const stems = [ours, theirs, control, later, plain];
    expect(database).toBe(join(dataDir, 'postgres')); // so it is searched with the rest, the password file included
    const inRoom = await filesWith(room, stems);
    expect(inRoom).toEqual({ [ours]: [], [theirs]: [], [control]: [], [later]: [], [plain]: inRoom[plain] });
    expect(inRoom[plain]).toContain('redress.log');
    expect(inRoom[plain]).toContainEqual(expect.stringMatching(/^data\/postgres\/pg_wal\//));
    const own = kafka().own;
    if (own) {
      const inTopics = await filesWith(own.dataDir, stems);
      expect(inTopics).toEqual({ [ours]: [], [theirs]: [], [control]: [], [later]: [], [plain]: inTopics[plain] });
      expect(inTopics[plain]).toContainEqual(expect.stringMatching(/^data\/redress\.complaints\.v1-\d+\/0+\.log$/));
    }
  });

  it('is a search that finds each form in which a word can lie', async () => {
    for (const [number, form] of formsOf(plain).entries()) {
      const file = join(room, `form-${number}`);
      await writeFile(file, Buffer.concat([Buffer.from('before'), form, Buffer.from('after')]));
      expect(await filesWith(file, [plain, ours])).toEqual({ [plain]: [''], [ours]: [] });
    }
  });
});
