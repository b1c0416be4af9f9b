import { REFUSALS } from '#nouns/refusals';
import { UnknownFact } from '#ledger/stream/codec';
import { AppendRejected, ForeignPosition, OutcomeUnknown, StoreUnavailable, StreamDeleted } from '#ledger/stream/port';
import { KeyError } from '#privacy/vault';
import { history } from '#fact/story';
import { recordedOnce, tinyApi, type Tiny } from '#test/support/tiny-api';
import { OPEN_ACCESS_WARNING } from './service/health.controller.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the door', () => {
  let tiny: Tiny;
  beforeAll(async () => {
    tiny = await tinyApi();
  });
  afterAll(() => tiny.app.close());
  beforeEach(() => {
    tiny.next = () => recordedOnce;
  });

  const send = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'HEAD',
    url: string,
    payload?: string,
    headers: Record<string, string> = {},
  ) => {
    const answer = await tiny.app.inject({
      method,
      url,
      ...(payload !== undefined && { payload }),
      headers: { ...(payload !== undefined && JSON_TYPE), ...headers },
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: answer.body.startsWith('{') ? answer.json() : undefined,
    };
  };
  const post = (body: string, headers?: Record<string, string>) => send('POST', '/v1/tiny', body, headers);
  const errorsOf = async (body: string): Promise<unknown> => {
    const { status, body: problem } = await post(body);
    expect({ status, code: problem.code }).toEqual({ status: 422, code: 'invalid-body' });
    return problem.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`);
  };

  describe('takes bodies that', () => {
    it('fit', async () => {
      expect((await post('{"words":" as sent "}')).status).toBe(201);
    });
    it('know no other fields, at any depth', async () => {
      expect(await errorsOf('{"words":"x","wrods":"y","issues":[{"category":"a","categroy":"b"}]}')).toEqual([
        '#/wrods unknown-field',
        '#/issues/0/categroy unknown-field',
      ]);
    });
    it('have every field that is required, with its type and bounds', async () => {
      expect(await errorsOf('{"issues":[{"category":5},{},{"category":"a","severity":"huge"},7]}')).toEqual([
        '#/words required',
        '#/issues/0/category wrong-type',
        '#/issues/1/category required',
        '#/issues/2/severity unknown-value',
        '#/issues/3 wrong-type',
      ]);
      expect(await errorsOf(`{"words":"${'x'.repeat(65_537)}"}`)).toEqual(['#/words too-long']);
      expect(await errorsOf('{"words":{"toString":"x"},"issues":{"length":1}}')).toEqual([
        '#/words wrong-type',
        '#/issues wrong-type',
      ]);
      expect(await errorsOf('{"words":null}')).toEqual(['#/words wrong-type']);
    });
    it('convert nothing', async () => {
      expect(await errorsOf('{"words":5}')).toEqual(['#/words wrong-type']);
    });
    it.each([
      '{"words":"x","__proto__":{"issues":[]}}',
      '{"words":"x","constructor":{}}',
      '{"words":"x","issues":[{"category":"a","__proto__":{}}]}',
    ])('do not reach into prototypes: %s', async (body) => {
      expect(await errorsOf(body)).toEqual([expect.stringMatching(/(__proto__|constructor) unknown-field$/)]);
    });
    it.each(['[]', '[{"words":"x"}]', '"words"', 'null', '3', 'false'])('are objects, not %s', async (body) => {
      expect(await errorsOf(body)).toEqual(['# wrong-type']);
    });
    it.each(['{"words":"a\\u0000b"}', '{"words":"a\\ud800b"}', '{"words":"a\0b"}'])(
      'can be stored: %j',
      async (body) => {
        const { body: problem } = await post(body);
        expect(['invalid-body', 'malformed-json']).toContain(problem.code);
      },
    );
    it.each(['', '{', '{"words":"x"', 'words=x'])('are JSON, not %j', async (body) => {
      const { status, body: problem } = await post(body);
      expect({ status, code: problem.code }).toEqual({ status: 400, code: 'malformed-json' });
    });
    it.each([
      undefined,
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/json, text/plain',
      'application/jsonp',
      'application/merge-patch+json',
      'text/plain; application/json',
    ])('are announced as JSON, not %s', async (type) => {
      const answer = await tiny.app.inject({
        method: 'POST',
        url: '/v1/tiny',
        payload: Buffer.from('{"words":"x"}'),
        headers: type === undefined ? {} : { 'content-type': type },
      });
      expect({ status: answer.statusCode, code: answer.json().code }).toEqual({
        status: 415,
        code: 'unsupported-media-type',
      });
    });
    it.each(['application/json', 'Application/JSON ; charset=UTF-8', 'application/json;charset="utf-8"'])(
      'may be announced as %s',
      async (type) => {
        expect((await post('{"words":"x"}', { 'content-type': type })).status).toBe(201);
      },
    );
    it('never come back in an answer', async () => {
      const { text } = await post(
        '{"words":5,"issues":[{"category":"a","severity":"marked-word"},{"category":{"marked-word":1}}]}',
      );
      expect(text).not.toContain('marked-word');
    });
  });

  describe('takes query parameters that', () => {
    it('fit', async () => {
      expect((await send('GET', '/v1/tiny?limit=200&category=late&at=2026-03-01T10:00:00%2B01:00')).body).toEqual({
        limit: 200,
        category: 'late',
        at: '2026-03-01T09:00:00.000Z',
      });
      expect((await send('GET', '/v1/tiny')).body).toEqual({ limit: 50 });
      expect((await send('GET', '/v1/tiny/by-class?handler=anna')).body).toEqual({ handler: 'anna' });
    });
    it.each([
      '/v1/tiny?limit=201',
      '/v1/tiny?limit=0',
      '/v1/tiny?limit=-1',
      '/v1/tiny?limit=1.5',
      '/v1/tiny?limit=',
      '/v1/tiny?limit=1e1',
      '/v1/tiny?limit=x',
      '/v1/tiny?limit=5&limit=5',
      '/v1/tiny?Limit=5',
      '/v1/tiny?unknown=1',
      '/v1/tiny?category=Late',
      '/v1/tiny?category=%00',
      '/v1/tiny?at=2026-02-30T00:00:00Z',
      '/v1/tiny?limit[]=5',
      '/v1/tiny?__proto__=x',
      '/v1/tiny?constructor=x',
      '/v1/tiny/by-class?handlr=anna',
      '/v1/tiny/by-class?__proto__=1',
      '/v1/tiny/by-class?handler=a&handler=b',
      '/v1/tiny/by-class?handler=12345678901',
      '/v1/tiny/some-id?x=1',
      '/health/live?x=1',
      '/openapi.json?x=1',
      '/v1/events?limit=1001',
      '/v1/events?subject=policy/policy',
      '/v1/events?afterFact=complaint/x/1',
    ])('are no others: %s', async (url) => {
      const { status, body } = await send('GET', url);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid-parameter' });
    });
    it('are not for writing', async () => {
      expect((await send('POST', '/v1/tiny?dry=1', '{"words":"x"}')).body).toMatchObject({ code: 'invalid-parameter' });
    });
  });

  describe('answers a command', () => {
    it('with 201, what was recorded, where it is, and its revision', async () => {
      const { status, headers, body } = await post('{"words":"x"}');
      expect({ status, etag: headers['etag'], location: headers['location'] }).toEqual({
        status: 201,
        etag: '"0"',
        location: '/v1/tiny/tiny-1',
      });
      expect(body).toEqual({
        id: 'tiny-1',
        revision: 0,
        position: 'story.00000000000000000001',
        facts: [expect.objectContaining({ type: 'ComplaintReceived' })],
        reference: 'R7K-4M2-9',
      });
      expect(Object.keys(body)).toEqual(['id', 'reference', 'revision', 'position', 'facts']);
    });
    it('with 200 when it was already so', async () => {
      tiny.next = () => ({ ...(recordedOnce as object), facts: [] }) as never;
      const { status, headers, body } = await post('{"words":"x"}');
      expect({ status, etag: headers['etag'], location: headers['location'], facts: body.facts }).toEqual({
        status: 200,
        etag: '"0"',
        location: undefined,
        facts: [],
      });
    });
    it.each(Object.keys(REFUSALS))('with the problem of its refusal: %s', async (code) => {
      tiny.next = () => ({ kind: 'refused', refusal: { code, detail: 'Because.', members: { follows: 'x' } } });
      const { status, headers, body } = await post('{"words":"x"}');
      expect(headers['content-type']).toBe('application/problem+json');
      expect(headers['content-language']).toBe('en');
      expect(body).toMatchObject({ code, status, detail: 'Because.', follows: 'x', type: `/problems/${code}` });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(Object.keys(body)).toEqual(['type', 'title', 'status', 'detail', 'instance', 'code', 'follows']);
    });
    it('with at most 100 missed facts when If-Match does not hold', async () => {
      const missed = history(
        'complaint-x',
        Array.from({ length: 120 }, () => ({ type: 'ComplaintAcknowledged', data: { channel: 'sms' } })),
      );
      tiny.next = () => ({ kind: 'mismatch', revision: 119, missed });
      const { status, headers, body } = await post('{"words":"x"}');
      expect({ status, etag: headers['etag'], revision: body.revision, shown: body.missedFacts.length }).toEqual({
        status: 412,
        etag: '"119"',
        revision: 119,
        shown: 100,
      });
      expect(Object.keys(body.missedFacts[0])).toEqual([
        'id',
        'revision',
        'position',
        'type',
        'schemaVersion',
        'data',
        'actor',
        'recordedAt',
        'effectiveAt',
        'policyVersion',
        'commandId',
        'correlationId',
        'digest',
        'previousDigest',
      ]);
    });
    it('and knows who asked, and under which conditions', async () => {
      await post('{"words":"x"}', {
        'redress-actor': 'anna; role=lead',
        'idempotency-key': '"k1"',
        'if-match': '"3"',
        'correlation-id': '6f1d2c3b-0000-4000-8000-000000000001',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      });
      expect(tiny.callers.at(-1)).toEqual({
        actor: { id: 'anna', role: 'lead', assurance: 'claimed' },
        idempotencyKey: 'k1',
        ifMatch: [3],
        method: 'POST',
        path: '/v1/tiny',
        correlationId: '6f1d2c3b-0000-4000-8000-000000000001',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      });
    });
    it('mints a correlation id when none is given, and tells it', async () => {
      const { headers } = await post('{"words":"x"}', { 'correlation-id': 'not one' });
      expect(headers['correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(tiny.callers.at(-1)!.correlationId).toBe(headers['correlation-id']);
    });
    it.each([
      ['redress-actor', 'x; role=system', 403, 'role-not-allowed'],
      ['redress-actor', 'x; role=king', 400, 'invalid-actor'],
      ['idempotency-key', 'a b', 400, 'invalid-idempotency-key'],
      ['if-match', '3', 400, 'invalid-precondition'],
    ])('not when %s is %s', async (name, value, expected, code) => {
      const { status, body } = await post('{"words":"x"}', { [name]: value });
      expect({ status, code: body.code }).toEqual({ status: expected, code });
      const isWho = name === 'redress-actor';
      expect((await send('GET', '/v1/tiny', undefined, { [name]: value })).status).toBe(isWho ? expected : 200);
      expect((await send('GET', '/health/live', undefined, { [name]: value })).status).toBe(200);
    });
  });

  describe('turns trouble into a problem:', () => {
    it.each([
      ['the ledger is away', new StoreUnavailable('secret words'), 503, 'ledger-unavailable', undefined],
      ['nobody knows the outcome', new OutcomeUnknown('secret words'), 503, 'ledger-unavailable', 'unknown'],
      ['a data key is gone', new KeyError('kid', 'secret words'), 503, 'ledger-unavailable', undefined],
      [
        'the facts together are too large',
        new AppendRejected('too-large', 'secret words'),
        413,
        'body-too-large',
        undefined,
      ],
      ['the stream is gone', new StreamDeleted('secret words'), 404, 'not-found', undefined],
      ['another ledger’s position', new ForeignPosition('other-epoch', 'secret words'), 410, 'other-ledger', undefined],
      ['no position', new ForeignPosition('malformed', 'secret words'), 400, 'invalid-position', undefined],
      ['a newer ledger', new UnknownFact('secret words'), 503, 'not-ready', undefined],
      [
        'PostgreSQL is away',
        Object.assign(new Error('secret words'), { code: 'ECONNREFUSED' }),
        503,
        'ledger-unavailable',
        undefined,
      ],
      ['anything else', new TypeError('secret words'), 500, 'internal-error', undefined],
      ['no error at all', 'secret words' as unknown as Error, 500, 'internal-error', undefined],
    ])('%s', async (_what, error, expected, code, outcome) => {
      tiny.next = () => Promise.reject(error);
      const { status, headers, body, text } = await post('{"words":"x"}');
      expect({ status, code: body.code, outcome: body.outcome, type: headers['content-type'] }).toEqual({
        status: expected,
        code,
        outcome,
        type: 'application/problem+json',
      });
      expect(text).not.toContain('secret words');
      if (code === 'ledger-unavailable') expect(headers['retry-after']).toBe('2');
    });
    it('a refusal that nobody put into the table is our mistake', async () => {
      tiny.next = () => ({ kind: 'refused', refusal: { code: 'constructor' } });
      expect((await post('{"words":"x"}')).body).toMatchObject({ status: 500, code: 'internal-error' });
    });
    it('a position of another ledger says how to go on', async () => {
      const { status, body } = await send('GET', '/v1/events?after=zzz.00000000000000000001');
      expect({ status, code: body.code }).toEqual({ status: 410, code: 'other-ledger' });
      expect(body.detail).toContain('afterFact=');
    });
    it.each([
      ['GET', '/', 404, 'not-found'],
      ['GET', '/v1/nothing', 404, 'not-found'],
      ['GET', '/v1/tiny/', 404, 'not-found'],
      ['POST', '/v1/nothing', 404, 'not-found'],
      ['GET', '/v1/tiny/%00', 404, 'not-found'],
      ['GET', `/v1/tiny/${'x'.repeat(300)}`, 404, 'not-found'],
      ['GET', '/v1/tiny/%ff', 400, 'malformed-request'],
      ['GET', '/v1/%zz', 400, 'malformed-request'],
      ['GET', `/v1/tiny?limit=${'1'.repeat(9000)}`, 414, 'url-too-long'],
      ['DELETE', '/v1/tiny', 405, 'not-allowed-here'],
      ['PUT', '/v1/tiny/some-id', 405, 'not-allowed-here'],
      ['OPTIONS', '/v1/tiny', 405, 'not-allowed-here'],
      ['POST', '/v1/tiny/some-id', 405, 'not-allowed-here'],
      ['POST', '/metrics', 405, 'not-allowed-here'],
      ['GET', '/problems/toString', 404, 'not-found'],
      ['GET', '/schemas/constructor', 404, 'not-found'],
      ['GET', '/docs/package.json', 404, 'not-found'],
      ['GET', '/docs/..%2fpackage.json', 404, 'not-found'],
      ['GET', '/docs/toString', 404, 'not-found'],
    ] as const)('%s %s', async (method, url, expected, code) => {
      const { status, headers, body } = await send(method, url);
      expect({ status, code: body.code, type: headers['content-type'] }).toEqual({
        status: expected,
        code,
        type: 'application/problem+json',
      });
    });
    it('a method that an address lacks, with those that it has', async () => {
      expect((await send('DELETE', '/v1/tiny')).headers['allow']).toBe('GET, HEAD, POST');
      expect((await send('OPTIONS', '/v1/tiny/x')).headers['allow']).toBe('GET, HEAD');
    });
  });

  describe('serves', () => {
    it('an explanation of each problem, for people and for programs', async () => {
      const { body } = await send('GET', '/problems/apology-before-thanks');
      expect(body).toEqual({
        code: 'apology-before-thanks',
        status: 409,
        title: expect.any(String),
        means: REFUSALS['apology-before-thanks'],
      });
      const html = await send('GET', '/problems/apology-before-thanks', undefined, { accept: 'text/html,*/*;q=0.8' });
      expect(html.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(html.headers['content-security-policy']).toContain("default-src 'none'");
      expect(html.text).toContain('Thank the customer first');
    });
    it('a page of its documentation that loads nothing from other hosts', async () => {
      const page = await send('GET', '/docs');
      const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
      expect(links).toEqual(['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/start.js']);
      for (const link of links) expect((await send('GET', link)).status).toBe(200);
      expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'/);
      expect(page.text).not.toMatch(/<script>|\son\w+=/);
    });
    it('AsyncAPI and the schemas that messages name', async () => {
      expect((await send('GET', '/asyncapi.json')).body).toMatchObject({ asyncapi: expect.stringMatching(/^3\./) });
      const schema = await send('GET', '/schemas/redress.complaint.received.v1');
      expect(schema.headers['content-type']).toMatch(/^application\/schema\+json/);
      expect(schema.body).toMatchObject({ $id: 'urn:redress:schema:redress.complaint.received.v1' });
    });
    it('metrics by route pattern, never by path', async () => {
      await send('GET', '/v1/tiny/marked-word');
      await send('GET', '/v1/marked-word');
      const { text } = await send('GET', '/metrics');
      expect(text).toContain(
        'redress_http_request_duration_seconds_count{method="GET",route="/v1/tiny/:id",status="200"}',
      );
      expect(text).toContain('route="none",status="404"');
      expect(text).not.toContain('marked-word');
    });
    it('health', async () => {
      expect((await send('GET', '/health/live')).body).toEqual({ status: 'up', warnings: [] });
      expect((await send('GET', '/health/ready')).body).toEqual({
        status: 'ready',
        warnings: [],
        checks: [{ name: 'ledger', ok: true, detail: 'in-memory' }],
      });
    });
  });
});

describe('a door that lacks something', () => {
  it('is alive, and not ready, says what is missing, and warns of its open access', async () => {
    const { app } = await tinyApi({
      settings: {
        organisation: 'local',
        openAccess: true,
        allowedHosts: ['redress'],
        publicUrl: 'https://complaints.example.org',
      },
      healthChecks: [
        {
          name: 'database',
          check: () => Promise.reject(Object.assign(new Error('secret words'), { code: 'ECONNREFUSED' })),
        },
        { name: 'broker', check: async () => ({ ok: true }) },
      ],
      followers: [
        {
          subscription: 'projector:complaints@1',
          read: async () => ({
            subscription: 'projector:complaints@1',
            lagFacts: 7,
            lagIsAtLeast: false,
            lagSeconds: 1.5,
            parked: 2,
            parkedBehind: 1,
            state: 'following',
          }),
        },
      ],
    });
    expect((await app.inject('/health/live')).json()).toEqual({ status: 'up', warnings: [OPEN_ACCESS_WARNING] });
    const ready = await app.inject({ url: '/health/ready', headers: { host: 'redress:8080' } });
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toMatchObject({
      type: 'https://complaints.example.org/problems/not-ready',
      code: 'not-ready',
      warnings: [OPEN_ACCESS_WARNING],
      checks: [
        { name: 'ledger', ok: true },
        { name: 'database', ok: false, detail: 'Error ECONNREFUSED' },
        { name: 'broker', ok: true },
        {
          name: 'projector:complaints@1',
          ok: true,
          detail: 'following, 7 facts and 2 s behind, 2 parked (1 of them behind others), followed by nobody',
        },
      ],
    });
    expect(ready.body).not.toContain('secret words');
    const metrics = (await app.inject('/metrics')).body;
    expect(metrics).toContain('redress_follower_lag_facts{subscription="projector:complaints@1"} 7');
    expect(metrics).toContain('redress_follower_lag_seconds{subscription="projector:complaints@1"} 1.5');
    expect(metrics).toContain('redress_follower_parked_facts{subscription="projector:complaints@1"} 2');
    await app.close();
  });
});
