import { startService, type Service } from '../support/service.ts';

/** A complaint's whole life over HTTP, as docs/api.md tells it. Every answer is held to the OpenAPI document by the client. */

let service: Service;
beforeAll(async () => void (service = await startService()), 60_000);
afterAll(() => service.close(), 60_000);

const intake = {
  channel: 'phone',
  words: 'The courier came a day late for the third time and nobody called.',
  summary: 'Late delivery, third time, no call ahead',
  language: 'en',
  tone: 'angry',
  desiredOutcomes: ['explanation', 'never-again'],
  confidentiality: 'open',
  customer: {
    reference: 'C-1042',
    name: 'Ada Lovelace',
    phone: '+44 20 7946 0000',
    email: 'ada@example.org',
    since: '2019-04-01',
    type: 'claimant',
  },
  representative: { name: 'Charles Babbage', mandate: 'By letter.', mandateUntil: '2030-01-31' },
  needs: ['large-print'],
  purchase: { order: 'A-77', product: 'sofa', value: { amount: 4_990_000, currency: 'RUB' } },
  issues: [
    {
      category: 'delivery-late',
      severity: 'costly',
      touchpoint: 'delivery',
      process: { department: 'logistics', process: 'delivery', step: 'call-ahead' },
      claimed: { amount: 50_000, currency: 'RUB' },
      waited: 'P3D',
      repeat: true,
    },
  ],
  threatToLeave: true,
  thirdParty: 'press',
};

const post = (path: string, body: unknown = {}, as?: string) =>
  service.client.post(path, body, as === undefined ? {} : { as });

describe('a life in requests', () => {
  let id: string;
  let issue: string;
  let followUp: string;
  const at = (door: string) => `/v1/complaints/${id}/${door}`;
  const done = async (door: string, body: unknown, as?: string) => {
    const got = await post(at(door), body, as);
    expect([door, got.status, got.body.code]).toEqual([door, 201, undefined]);
    return got;
  };

  it('is received', async () => {
    const got = await service.client.post('/v1/complaints', intake, {
      key: 'life:received',
      headers: { 'accept-language': 'ru' },
    });
    expect(got.status).toBe(201);
    expect(got.headers['etag']).toBe('"0"');
    id = got.body.id;
    issue = got.body.issues[0].id;
    expect(got.headers['location']).toBe(`/v1/complaints/${id}`);
    expect(Object.keys(got.body)).toEqual([
      'id',
      'reference',
      'revision',
      'position',
      'facts',
      'issues',
      'customer',
      'clocks',
      'nextSteps',
    ]);
    expect(got.body).toMatchObject({
      revision: 0,
      reference: expect.stringMatching(/^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]$/),
      facts: [{ type: 'ComplaintReceived' }],
      clocks: [{ name: 'first-response', met: null }],
    });
    expect(got.body.nextSteps[0]).toMatchObject({ step: 'acknowledgements', wording: { language: 'ru' } });
    const again = await service.client.post('/v1/complaints', intake, { key: 'life:received' });
    expect([again.status, again.body.id, again.headers['etag']]).toEqual([201, id, '"0"']);
  });

  it('cannot be closed yet, and says what is missing', async () => {
    const { status, body } = await post(at('closures'));
    expect([status, body.code]).toEqual([409, 'not-ready-to-close']);
    expect(body.missing.map(({ code }: { code: string }) => code)).toEqual([
      'thanks',
      'apology',
      'explanation',
      'remedy',
      'resolution',
      'follow-up',
    ]);
  });

  it('is conducted through the steps', async () => {
    await done('acknowledgements', { channel: 'sms' });
    await done('assignments', { handler: 'anna' });
    const early = await post(at('apologies'), { form: 'written', words: 'Sorry.' });
    expect([early.status, early.body.code]).toEqual([409, 'apology-before-thanks']);
    await done('thanks', { why: 'Without you we would not have known that nobody calls ahead.' });
    const again = await post(at('thanks'), { why: 'Twice.' });
    expect([again.status, again.body.facts]).toEqual([200, []]);
    await done('apologies', { form: 'written', words: 'We are sorry.' });
    await done('apologies', { form: 'spoken', words: 'I am sorry.' }, 'boris; role=manager');
    const junior = await post(at('responsibility'), { words: 'Ours.' });
    expect([junior.status, junior.body.code]).toEqual([409, 'needs-manager']);
    await done('responsibility', { words: 'It was ours.' }, 'boris; role=manager');
    const ask = await done('information-requests', { ask: 'May we have a photo?', topic: 'photo' });
    await done('information', { request: ask.body.id, text: 'Here it is.' });
    const twice = await done('information-requests', { ask: 'Another one?', topic: 'photo' });
    expect((await service.client.get(at(`information-requests/${twice.body.id}`))).body).toMatchObject({
      time: 2,
      given: null,
    });
    const message = await done('messages', { direction: 'out', channel: 'email', text: 'We are at it.' });
    expect((await service.client.get(at(`messages/${message.body.id}`))).body).toMatchObject({ text: 'We are at it.' });
    const promise = await done('promises', { what: 'update', due: new Date(Date.now() + 3_600_000).toISOString() });
    expect(promise.headers['location']).toBe(at(`promises/${promise.body.id}`));
    await done(`promises/${promise.body.id}/fulfilments`, {});
    expect((await service.client.get(at(`promises/${promise.body.id}`))).body).toMatchObject({
      fulfilled: { by: 'local' },
      broken: null,
    });
    const more = await done('issues', { category: 'rude-reply', severity: 'minor' });
    await done('reclassifications', { issue: more.body.id, category: 'no-reply', reason: 'Nobody was rude.' });
    expect((await service.client.get(at(`issues/${more.body.id}`))).body).toMatchObject({
      category: 'no-reply',
      product: 'sofa',
    });
    await done('assessments', { issue, repairable: false });
    await done('assessments', { issue: more.body.id, repairable: true });
    const suspicion = await done('causes', { issue, state: 'hypothesis', process: { department: 'logistics' } });
    const cause = await done('causes', {
      issue,
      state: 'confirmed',
      confirms: suspicion.body.id,
      process: { department: 'logistics', process: 'delivery' },
      text: 'No call list.',
    });
    expect((await service.client.get(at(`causes/${cause.body.id}`))).body).toMatchObject({
      state: 'confirmed',
      text: 'No call list.',
    });
    await done('explanations', { text: 'The list was empty.' });
    const correction = await done('corrections', { issue: more.body.id, what: 'We called.', inPresence: true });
    expect((await service.client.get(at(`corrections/${correction.body.id}`))).body).toMatchObject({
      what: 'We called.',
      issue: more.body.id,
    });
    const offer = await done('compensations', {
      issue,
      item: 'free-delivery',
      value: { amount: 100_000, currency: 'RUB' },
    });
    const compensation = `compensations/${offer.body.id}`;
    await done(`${compensation}/declines`, { reason: 'Not now.' });
    await done(`${compensation}/acceptances`, {});
    await done(`${compensation}/deliveries`, { proof: 'Parcel 7.' });
    expect((await service.client.get(at(compensation))).body).toMatchObject({
      item: 'free-delivery',
      accepted: { by: 'local' },
      delivered: { proof: 'Parcel 7.' },
    });
    await done('contacts', { phone: '+44 20 7946 1111' });
  });

  it('is resolved, and its follow-up call is open before the answer', async () => {
    const got = await done('resolutions', { text: 'From now on somebody calls ahead.' });
    followUp = got.body.followUp;
    const call = await service.client.get(`/v1/follow-up-calls/${followUp}`);
    expect(call.headers['etag']).toBe('"0"');
    expect(call.body).toMatchObject({
      id: followUp,
      kind: 'after-resolution',
      complaint: id,
      situation: 'open',
      handler: 'anna',
      attemptLimit: 3,
    });
    const list = await untilFresh(`/v1/follow-up-calls?complaint=${id}&minPosition=${got.body.position}`);
    expect(list.items).toMatchObject([{ id: followUp, complaint: id, handler: 'anna' }]);
    expect((await post(at('closures'))).body.missing.map(({ code }: { code: string }) => code)).toEqual(['follow-up']);
  });

  it('is followed up: attempts, a message in between, an outcome', async () => {
    expect((await post(`/v1/follow-up-calls/${followUp}/attempts`, { result: 'no-answer' })).status).toBe(201);
    const early = await post(`/v1/follow-up-calls/${followUp}/outcomes`, { reached: false });
    expect([early.status, early.body.code]).toEqual([409, 'attempts-not-exhausted']);
    await done('messages', { direction: 'in', channel: 'email', text: 'Call me tomorrow.' });
    const due = new Date(Date.now() + 86_400_000).toISOString();
    expect((await post(`/v1/follow-up-calls/${followUp}/reschedulings`, { due })).headers['etag']).toBe('"2"');
    const outcome = { solution: 5, attitude: 4, told: 'There is a list now.', comment: 'Good.' };
    expect((await post(`/v1/follow-up-calls/${followUp}/outcomes`, outcome)).status).toBe(201);
    expect((await service.client.get(`/v1/follow-up-calls/${followUp}`)).body).toMatchObject({
      situation: 'reached',
      outcome,
      due,
      countedAttempts: 1,
    });
    await done('answers', { answer: 'accepted' });
  });

  it('is closed, and closing again records nothing', async () => {
    const { revision } = (await done('closures', {})).body;
    expect((await post(at('closures'))).body).toMatchObject({ facts: [], revision });
    const { body } = await service.client.get(`/v1/complaints/${id}`);
    // As docs/api.md shows it, for people who read answers; what is optional there stands in between.
    const shown = ['id', 'reference', 'revision', 'receivedAt', 'channel', 'words', 'summary', 'language'];
    expect(Object.keys(body).slice(0, shown.length)).toEqual(shown);
    expect(Object.keys(body.customer)).toEqual(['id', 'reference', 'name', 'phone', 'email', 'since', 'type']);
    expect(Object.keys(body.purchase)).toEqual(['order', 'product', 'value']);
    expect(Object.keys(body.issues[0]).slice(0, 3)).toEqual(['id', 'category', 'severity']);
    expect(Object.keys(body.issues[0].process)).toEqual(['department', 'process', 'step']);
    expect(body).toMatchObject({
      id,
      revision,
      state: 'closed',
      closed: { by: 'local' },
      accepted: { by: 'local' },
      customerAnswer: { value: 'accepted' },
      customer: { reference: 'C-1042', name: 'Ada Lovelace', phone: '+44 20 7946 1111' },
      representative: { name: 'Charles Babbage', mandateUntil: '2030-01-31' },
      purchase: { order: 'A-77', product: 'sofa' },
      needs: ['large-print'],
      threatToLeave: true,
      thirdParty: 'press',
      followUps: [{ id: followUp, situation: 'reached' }],
      missingForClosing: [],
    });
    for (const mark of [
      'acknowledged',
      'thanked',
      'apologised',
      'clarified',
      'explained',
      'corrected',
      'compensated',
      'resolved',
    ])
      expect([mark, body[mark]]).toEqual([
        mark,
        expect.objectContaining({ at: expect.any(String), by: expect.any(String) }),
      ]);
    expect([(await post(at('promises'), { what: 'fix', due: new Date().toISOString() })).body.code]).toEqual([
      'already-closed',
    ]);
  });

  it('is read as it was, at a revision and at an instant', async () => {
    const { facts } = (await service.client.get(at('history'))).body;
    const thanks = facts.find(({ type }: { type: string }) => type === 'CustomerThanked');
    const before = await service.client.get(`/v1/complaints/${id}?revision=${thanks.revision - 1}`);
    expect(before.body).toMatchObject({ revision: thanks.revision - 1, thanked: null, followUps: [] });
    expect(before.headers['etag']).toBeUndefined();
    expect((await service.client.get(`/v1/complaints/${id}?revision=${thanks.revision}`)).body).toMatchObject({
      thanked: { by: 'local' },
    });
    expect((await service.client.get(`/v1/complaints/${id}?at=${thanks.recordedAt}`)).body).toMatchObject({
      thanked: { by: 'local' },
    });
    expect((await service.client.get(`/v1/complaints/${id}?at=2020-01-01T00:00:00Z`)).status).toBe(404);
    expect((await service.client.get(`/v1/complaints/${id}?at=2999-01-01T00:00:00Z`)).body.code).toBe(
      'invalid-parameter',
    );
    expect((await service.client.get(`/v1/complaints/${id}?revision=999`)).status).toBe(404);
  });

  it('has a history: every fact in order, chained, opened, in pages and between two points', async () => {
    const { facts, next } = (await service.client.get(at('history'))).body;
    expect(next).toBeNull();
    expect(facts.map(({ revision }: { revision: number }) => revision)).toEqual(
      facts.map((_: unknown, index: number) => index),
    );
    for (const [index, fact] of facts.entries())
      expect(fact.previousDigest).toBe(index === 0 ? null : facts[index - 1].digest);
    expect(facts[0]).toMatchObject({
      type: 'ComplaintReceived',
      data: { words: intake.words, customer: { name: 'Ada Lovelace' } },
      actor: { id: 'local', role: 'handler', assurance: 'claimed' },
    });
    const paged: unknown[] = [];
    for (let path: string | null = at('history?limit=7'); path;) {
      const page: { facts: unknown[]; next: string | null } = (await service.client.get(path)).body;
      paged.push(...page.facts);
      path = page.next === null ? null : at(`history?limit=7&cursor=${encodeURIComponent(page.next)}`);
    }
    expect(paged).toEqual(facts);
    const between = (await service.client.get(at(`history?from=2&to=5`))).body.facts;
    expect(between).toEqual(facts.slice(3, 6));
  });

  it('is rectified by adding, also after the end', async () => {
    const { facts } = (await service.client.get(at('history'))).body;
    const rectified = await done('rectifications', {
      fact: facts[0].id,
      data: { summary: 'Second time.' },
      reason: 'Miscounted.',
    });
    const { body } = await service.client.get(`/v1/complaints/${id}`);
    expect(body.summary).toBe(intake.summary);
    expect(body.rectifications).toMatchObject([
      { fact: facts[0].id, type: 'ComplaintReceived', data: { summary: 'Second time.' }, reason: 'Miscounted.' },
    ]);
    expect(rectified.body.facts).toMatchObject([{ type: 'FactRectified' }]);
    const wrong = await post(at('rectifications'), { fact: facts[0].id, data: { colour: 'red' }, reason: 'No.' });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '#/data/colour']);
  });

  it('is reopened within the window: its next resolution asks for a call of its own', async () => {
    await done('reopenings', { reason: 'Late again.' });
    const { body } = await service.client.get(`/v1/complaints/${id}`);
    expect(body).toMatchObject({
      state: 'open',
      closed: null,
      resolved: null,
      accepted: null,
      customerAnswer: null,
      thanked: { by: 'local' },
    });
    const second = (await done('resolutions', { text: 'Once more.' })).body.followUp;
    expect(second).not.toBe(followUp);
    expect((await post(at('closures'))).body.missing.map(({ code }: { code: string }) => code)).toEqual(['follow-up']);
    await done('reopenings', { reason: 'And again.' });
    expect((await service.client.get(`/v1/follow-up-calls/${second}`)).body).toMatchObject({ situation: 'superseded' });
    expect((await service.client.get(`/v1/follow-up-calls/${followUp}`)).body).toMatchObject({ situation: 'reached' });
    const third = (await done('resolutions', { text: 'For good.' })).body.followUp;
    expect((await post(`/v1/follow-up-calls/${third}/outcomes`, { declined: true })).status).toBe(201);
    await done('closures', {});
  });

  it('is closed too when the attempts reached nobody', async () => {
    await done('reopenings', { reason: 'Once more.' });
    const call = `/v1/follow-up-calls/${(await done('resolutions', { text: 'Done.' })).body.followUp}`;
    for (const hours of [0, 5, 5]) {
      service.later({ hours });
      expect((await post(`${call}/attempts`, { result: 'busy' })).status).toBe(201);
    }
    expect((await service.client.get(call)).body).toMatchObject({ situation: 'exhausted', countedAttempts: 3 });
    expect((await post(`${call}/outcomes`, { reached: false })).body.facts).toEqual([]);
    await done('closures', {});
  });

  it('is too late to reopen after the window; a successor follows it', async () => {
    service.later({ days: 15 });
    const late = await post(at('reopenings'), { reason: 'Late again.' });
    expect([late.status, late.body.code, late.body.follows]).toEqual([409, 'reopening-window-passed', id]);
    const successor = await post('/v1/complaints', { channel: 'phone', words: 'Again.', follows: id });
    expect((await service.client.get(`/v1/complaints/${successor.body.id}`)).body).toMatchObject({ follows: id });
  });

  it('is found by its reference, whatever its writing, and in the search', async () => {
    const { reference } = (await service.client.get(`/v1/complaints/${id}`)).body;
    expect(
      (
        await service.client.get(
          `/v1/complaints/${reference.toLowerCase().replaceAll('-', ' ').trim().replaceAll(' ', '%20')}`,
        )
      ).body.id,
    ).toBe(id);
    const mistyped = `${reference.slice(0, -1)}${reference.endsWith('0') ? '1' : '0'}`;
    expect((await service.client.get(`/v1/complaints/${mistyped}`)).body.code).toBe('mistyped-reference');
    const { position } = (await post(at('messages'), { direction: 'in', channel: 'email', text: 'Hello.' })).body;
    const list = await untilFresh(
      `/v1/complaints?reference=${reference}&customer=C-1042&order=A-77&minPosition=${position}`,
    );
    expect(list.items).toMatchObject([{ id, reference, state: 'closed', words: intake.words }]);
    expect((await untilFresh('/v1/norms')).items.map(({ name }: { name: string }) => name)).toEqual([
      'first-response',
      'resolution',
    ]);
    expect((await untilFresh('/v1/overdue')).items).toEqual(expect.any(Array));
    expect((await untilFresh('/v1/recurring-complaints?window=P90D&level=category')).items).toEqual(expect.any(Array));
    const policy = await service.client.get('/v1/policy');
    expect([policy.headers['etag'], policy.body.reopeningWindow]).toEqual(['"0"', 'P14D']);
    const customer = await service.client.get('/v1/customers?reference=C-1042');
    expect(customer.body.id).toBe((await service.client.get(`/v1/complaints/${id}`)).body.customer.id);
    expect((await service.client.get('/v1/customers?reference=C-9999')).status).toBe(404);
  });

  it('tells what to do next, in the language asked for', async () => {
    const { body } = await post('/v1/complaints', { channel: 'app', words: 'Help.' });
    const next = await service.client.get(`/v1/complaints/${body.id}/next-steps`, {
      headers: { 'accept-language': 'tlh, ru;q=0.8' },
    });
    expect(next.body.should[0]).toMatchObject({
      step: 'acknowledgements',
      why: expect.any(String),
      wording: { language: 'ru' },
    });
    expect(next.body.can).toContainEqual({ step: 'thanks' });
    expect(next.body.missing.length).toBeGreaterThan(0);
  });

  it('may end by withdrawal, shown as withdrawn, and begin again within the window', async () => {
    const { id: other } = (await post('/v1/complaints', { channel: 'app', words: 'Help.' })).body;
    expect((await post(`/v1/complaints/${other}/withdrawals`, { reason: 'Found it.' })).status).toBe(201);
    expect((await service.client.get(`/v1/complaints/${other}`)).body).toMatchObject({
      state: 'withdrawn',
      withdrawn: { reason: 'Found it.' },
      closed: null,
    });
    expect((await post(`/v1/complaints/${other}/thanks`, { why: 'So.' })).body.code).toBe('already-closed');
    expect((await post(`/v1/complaints/${other}/reopenings`, { reason: 'Lost it.' })).status).toBe(201);
    expect((await service.client.get(`/v1/complaints/${other}`)).body).toMatchObject({
      state: 'open',
      withdrawn: null,
    });
  });

  it('was migrated: no calls, no clocks, and it closes without a call', async () => {
    const received = await post('/v1/complaints', {
      channel: 'letter',
      words: 'Old.',
      origin: { system: 'cfpb', id: '42', migrated: true },
      effectiveAt: '2014-05-06T00:00:00Z',
    });
    expect(received.body.clocks).toEqual([]);
    const resolved = await post(`/v1/complaints/${received.body.id}/resolutions`, { text: 'Then.' });
    expect(resolved.body.followUp).toBeUndefined();
    const { body } = await post(`/v1/complaints/${received.body.id}/closures`);
    expect(body.missing.map(({ code }: { code: string }) => code)).not.toContain('follow-up');
  });
});

/** A list may take a moment longer than its door waits, on a busy machine. */
const untilFresh = async (path: string) => {
  for (let tries = 0; ; tries++) {
    const got = await service.client.get(path);
    if (got.status === 200) return got.body;
    if (got.body.code !== 'read-model-behind' || tries > 30) throw new Error(`${path}: ${got.status} ${got.body.code}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};
