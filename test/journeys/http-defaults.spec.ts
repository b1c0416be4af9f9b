import { get as httpGet, Agent, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import { Client } from '../support/client.ts';
import { sampleFact, sampleStream } from '../support/facts.ts';
import { OpenApiValidator } from '../support/openapi-validator.ts';
import { sendRaw, type RawAnswer } from '../support/raw-http.ts';
import { recordedOnce, tinyApi, type Tiny } from '../support/tiny-api.ts';

/** The door over real sockets: what a hostile page, a broken client and an impatient operator do. */

const listen = async (tiny: Tiny): Promise<number> => {
  await tiny.app.listen(0, '127.0.0.1');
  return (tiny.app.getHttpServer().address() as AddressInfo).port;
};

const problemIn = (answer: RawAnswer): { status: number; code: string } => {
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['content-language']).toBe('en');
  const problem = JSON.parse(answer.body) as { status: number; code: string };
  expect(problem.status).toBe(answer.status);
  return { status: problem.status, code: problem.code };
};

describe('over the wire', () => {
  let tiny: Tiny;
  let port: number;
  const CLOSE = 'Host: localhost\r\nConnection: close\r\n';
  const JSON_TYPE = 'Content-Type: application/json\r\n';
  const BODY = '{"words":"x"}';
  const sized = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

  beforeAll(async () => {
    tiny = await tinyApi();
    port = await listen(tiny);
  });
  afterAll(() => tiny.app.close());
  beforeEach(() => {
    tiny.next = () => recordedOnce;
    tiny.callers.length = 0;
  });

  describe('a hostile web page', () => {
    const everywhere = [
      '/v1/tiny',
      '/v1/tiny/x',
      '/v1/events',
      '/v1/events/latest-position',
      '/docs',
      '/docs/start.js',
      '/openapi.json',
      '/asyncapi.json',
      '/metrics',
      '/health/live',
      '/health/ready',
      '/problems',
      '/schemas/x',
      '/nothing',
      '/v1/tiny/%ff',
    ];

    it.each(everywhere)('that points its own name at this machine (DNS rebinding) gets nothing at %s', async (path) => {
      for (const host of [
        'evil.example',
        'evil.example:3000',
        `localhost.evil.example:${port}`,
        '127.0.0.1.evil.example',
        '127.0.0.2',
        '[::2]',
        'localhost:99999x',
        'user@localhost',
        '',
      ])
        expect(
          problemIn(await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)),
        ).toEqual({ status: 421, code: 'wrong-host' });
    });

    it.each(everywhere)('that asks straight away gets nothing at %s', async (path) => {
      for (const header of [
        'Origin: https://evil.example',
        'Origin: null',
        `Origin: http://localhost:${port + 1}`,
        `Origin: http://127.0.0.1:${port}`,
        'Origin: http://localhost',
        `Origin: file://`,
        'Sec-Fetch-Site: cross-site',
        'Sec-Fetch-Site: same-site',
        'Sec-Fetch-Site: x',
      ])
        expect(
          problemIn(
            await sendRaw(
              port,
              `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n${header}\r\n\r\n`,
            ),
          ),
        ).toEqual({ status: 403, code: 'foreign-origin' });
    });

    it.each([
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'text/plain; charset=application/json',
      '',
    ])('cannot post a form as %j', async (type) => {
      const header = type === '' ? '' : `Content-Type: ${type}\r\n`;
      expect(problemIn(await sendRaw(port, `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${header}${sized(BODY)}`))).toEqual({
        status: 415,
        code: 'unsupported-media-type',
      });
      expect(tiny.callers).toEqual([]);
    });

    it('is not let in by a preflight, nor by any CORS header anywhere', async () => {
      const preflight = await sendRaw(
        port,
        `OPTIONS /v1/tiny HTTP/1.1\r\n${CLOSE}Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n`,
      );
      expect(problemIn(preflight)).toEqual({ status: 403, code: 'foreign-origin' });
      for (const path of everywhere) {
        const { text } = await sendRaw(port, `GET ${path} HTTP/1.1\r\n${CLOSE}Origin: https://evil.example\r\n\r\n`);
        expect(text.toLowerCase()).not.toContain('access-control-');
      }
      expect((await sendRaw(port, `GET /v1/tiny HTTP/1.1\r\n${CLOSE}\r\n`)).text.toLowerCase()).not.toContain(
        'access-control-',
      );
    });

    it('hides behind neither two Host headers, nor a whole URL in the request line, nor HTTP/1.0', async () => {
      for (const request of [
        `GET /v1/tiny HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
        `GET /v1/tiny HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
        `GET http://evil.example/v1/tiny HTTP/1.1\r\n${CLOSE}\r\n`,
        'GET /v1/tiny HTTP/1.0\r\n\r\n',
        'GET /v1/tiny HTTP/1.1\r\nConnection: close\r\n\r\n',
        'GET /v1/tiny HTTP/1.0\r\nHost: evil.example\r\n\r\n',
      ])
        expect(problemIn(await sendRaw(port, request))).toEqual({ status: 421, code: 'wrong-host' });
    });
  });

  it('the service’s own page, a command line and a program on this machine are served, by any of its names', async () => {
    for (const [host, more] of [
      ['localhost', ''],
      [`127.0.0.1:${port}`, ''],
      ['[::1]:3000', ''],
      ['LOCALHOST:80', ''],
      [`localhost:${port}`, `Origin: http://localhost:${port}\r\nSec-Fetch-Site: same-origin\r\n`],
      ['localhost', 'Origin: http://localhost\r\n'],
      ['localhost', 'Sec-Fetch-Site: none\r\n'],
    ])
      expect(
        (
          await sendRaw(
            port,
            `POST /v1/tiny HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}${JSON_TYPE}${sized(BODY)}`,
          )
        ).status,
      ).toBe(201);
    expect(
      (await sendRaw(port, 'GET http://localhost/v1/tiny HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'))
        .status,
    ).toBe(200);
    expect((await sendRaw(port, 'GET /v1/tiny HTTP/1.0\r\nHost: localhost\r\n\r\n')).status).toBe(200);
  });

  describe('whatever a broken client sends is answered with a problem:', () => {
    const large = `{"words":"${'x'.repeat(1_200_000)}"}`;
    const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
    it.each<[string, number, string, string | readonly string[]]>([
      ['what is no HTTP', 400, 'malformed-request', 'hello\r\n\r\n'],
      ['an unknown method', 400, 'malformed-request', `FOO /v1/tiny HTTP/1.1\r\n${CLOSE}\r\n`],
      ['a method that nobody has', 405, 'not-allowed-here', `PROPFIND /v1/tiny HTTP/1.1\r\n${CLOSE}\r\n`],
      ['TRACE', 405, 'not-allowed-here', `TRACE /v1/tiny HTTP/1.1\r\n${CLOSE}\r\n`],
      ['CONNECT', 405, 'not-allowed-here', `CONNECT localhost:80 HTTP/1.1\r\n${CLOSE}\r\n`],
      ['OPTIONS *', 404, 'not-found', `OPTIONS * HTTP/1.1\r\n${CLOSE}\r\n`],
      ['a broken header', 400, 'malformed-request', `GET /v1/tiny HTTP/1.1\r\n${CLOSE}bad\x01: x\r\n\r\n`],
      [
        'a URL of 9,000 characters',
        414,
        'url-too-long',
        `GET /v1/tiny?limit=${'1'.repeat(9000)} HTTP/1.1\r\n${CLOSE}\r\n`,
      ],
      [
        'headers of 20,000 characters',
        431,
        'headers-too-large',
        `GET /v1/tiny HTTP/1.1\r\n${CLOSE}X: ${'x'.repeat(20_000)}\r\n\r\n`,
      ],
      ['a URL that cannot be decoded', 400, 'malformed-request', `GET /v1/tiny/%ff HTTP/1.1\r\n${CLOSE}\r\n`],
      [
        'an expectation',
        417,
        'expectation-failed',
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Expect: miracles\r\n${sized(BODY)}`,
      ],
      [
        'both kinds of length',
        400,
        'malformed-request',
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Transfer-Encoding: chunked\r\n${sized(BODY)}`,
      ],
      [
        'broken chunks',
        400,
        'malformed-request',
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
      ],
      ['no body', 400, 'malformed-json', `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}\r\n`],
      ['an empty body', 400, 'malformed-json', `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}${sized('')}`],
      [
        'a compressed body',
        415,
        'unsupported-media-type',
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Content-Encoding: gzip\r\n${sized(BODY)}`,
      ],
      [
        '1.2 MB at once',
        413,
        'body-too-large',
        [`POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Content-Length: ${large.length}\r\n\r\n`, large],
      ],
      [
        '1.2 MB in chunks',
        413,
        'body-too-large',
        [`POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n`, chunk(large), '0\r\n\r\n'],
      ],
      [
        'a length of 9 MB',
        413,
        'body-too-large',
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Content-Length: 9437184\r\n\r\n`,
      ],
      [
        'an actor twice',
        400,
        'invalid-actor',
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Redress-Actor: a\r\nRedress-Actor: b\r\n${sized(BODY)}`,
      ],
      [
        'two keys',
        400,
        'invalid-idempotency-key',
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Idempotency-Key: a\r\nIdempotency-Key: b\r\n${sized(BODY)}`,
      ],
      [
        'two content types',
        415,
        'unsupported-media-type',
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Content-Type: text/plain\r\n${sized(BODY)}`,
      ],
    ])('%s', async (_what, status, code, request) => {
      expect(problemIn(await sendRaw(port, ...(typeof request === 'string' ? [request] : request)))).toEqual({
        status,
        code,
      });
      expect(tiny.callers).toEqual([]);
    });

    it('bytes that are no UTF-8', async () => {
      const bytes = Buffer.concat([Buffer.from('{"words":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
      const head = `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Content-Length: ${bytes.length}\r\n\r\n`;
      expect(problemIn(await sendRaw(port, Buffer.concat([Buffer.from(head), bytes])))).toEqual({
        status: 400,
        code: 'malformed-json',
      });
    });

    it('a body up to 8 MiB is read to its end, and the connection lives on', async () => {
      const body = `{"words":"${'x'.repeat(5_000_000)}"}`;
      const answer = await sendRaw(
        port,
        `POST /v1/tiny HTTP/1.1\r\nHost: localhost\r\n${JSON_TYPE}Content-Length: ${body.length}\r\n\r\n`,
        body,
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}${sized(BODY)}`,
      );
      expect(answer.text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 201']);
    });

    it('a body in chunks, with a byte order mark, or after 100-continue is as good as any', async () => {
      for (const request of [
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n${chunk('{"words":')}${chunk('"x"}')}0\r\n\r\n`,
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}${sized(`\ufeff${BODY}`)}`,
        `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Expect: 100-continue\r\n${sized(BODY)}`,
      ])
        expect((await sendRaw(port, request)).status).toBe(201);
    });

    it('nothing, when it leaves in the middle of its body', async () => {
      const raw = sendRaw(port, `POST /v1/tiny HTTP/1.1\r\n${CLOSE}${JSON_TYPE}Content-Length: 100\r\n\r\n{"words":`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await sendRaw(port, `GET /health/live HTTP/1.1\r\n${CLOSE}\r\n`)).status).toBe(200);
      await raw;
      expect(tiny.callers).toEqual([]);
    }, 15_000);

    it('HEAD is answered without a body, and opens no stream', async () => {
      for (const [path, status] of [
        ['/v1/tiny', 200],
        ['/nothing', 404],
        ['/v1/events', 200],
      ] as const) {
        const answer = await sendRaw(port, `HEAD ${path} HTTP/1.1\r\n${CLOSE}Accept: text/event-stream\r\n\r\n`);
        expect({ status: answer.status, body: answer.body }).toEqual({ status, body: '' });
      }
    });
  });

  it('every answer matches the OpenAPI document, refusals too', async () => {
    const client = await Client.of(`http://127.0.0.1:${port}`);
    await client.post('/v1/tiny', { words: 'x' }, { as: 'anna; role=lead', key: 'k', ifMatch: '"0"' });
    tiny.next = () => ({
      kind: 'refused',
      refusal: { code: 'not-ready-to-close', members: { missing: [{ code: 'thanks', why: 'Nobody thanked.' }] } },
    });
    expect((await client.post('/v1/tiny', { words: 'x' })).body.missing).toHaveLength(1);
    tiny.next = () => ({ kind: 'mismatch', revision: 1, missed: [] });
    expect((await client.post('/v1/tiny', { words: 'x' })).status).toBe(412);
    expect((await client.post('/v1/tiny', { word: 'x' })).status).toBe(422);
    expect((await client.send('POST', '/v1/tiny', '{')).status).toBe(400);
    expect((await client.send('POST', '/v1/tiny', 'x', { headers: { 'content-type': 'text/plain' } })).status).toBe(
      415,
    );
    expect((await client.send('POST', '/v1/tiny', `{"words":"${'x'.repeat(1_200_000)}"}`)).status).toBe(413);
    expect((await client.get('/v1/tiny?limit=7')).body).toEqual({ limit: 7 });
    for (const path of [
      '/openapi.json',
      '/asyncapi.json',
      '/health/live',
      '/health/ready',
      '/metrics',
      '/problems',
      '/problems/not-found',
      '/problems/x',
      '/schemas/x',
      '/schemas/redress.complaint.received.v1',
      '/v1/events',
      '/v1/events/latest-position',
      '/v1/events/gaps',
      '/v1/tiny?limit=x',
      '/nothing',
      '/docs',
    ])
      await client.get(path);
    expect([...client.validator.seen.keys()]).toContain('GET /v1/events/latest-position');
  });

  it('the validator lets nothing through that the document does not say', async () => {
    const document = await (await fetch(`http://127.0.0.1:${port}/openapi.json`)).json();
    const validator = new OpenApiValidator(document as never);
    const headers = { 'content-type': 'application/json', 'correlation-id': crypto.randomUUID(), etag: '"0"' };
    const body = { id: 'x', revision: 0, position: null, facts: [] };
    validator.check('POST', '/v1/tiny', { status: 201, headers, body });
    for (const wrong of [
      { status: 202, headers, body },
      { status: 201, headers: { ...headers, etag: undefined }, body },
      { status: 201, headers: { ...headers, etag: '0' }, body },
      { status: 201, headers: { ...headers, 'content-type': 'text/html' }, body },
      { status: 201, headers, body: { ...body, revision: '0' } },
      { status: 201, headers, body: { id: 'x' } },
      { status: 422, headers, body },
    ])
      expect(() => validator.check('POST', '/v1/tiny', wrong)).toThrow('does not match');
    expect(() => validator.check('GET', '/unknown', { status: 200, headers, body })).toThrow('does not match');
  });
});

describe('the stream of events', () => {
  it('brings what happens, and is gone when its reader is', async () => {
    const store = new InMemoryEventStore();
    let open = 0;
    const counted = new Proxy(store, {
      get(target, name) {
        if (name !== 'subscribe') return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
        return async function* (options: Parameters<typeof store.subscribe>[0]) {
          open++;
          try {
            yield* store.subscribe(options);
          } finally {
            open--;
          }
        };
      },
    });
    const tiny = await tinyApi({ store: counted });
    const port = await listen(tiny);
    const stream = sampleStream();
    const append = (revision: number) =>
      store.append(stream, revision === 0 ? 'no_stream' : BigInt(revision - 1), [
        sampleFact({ type: 'ComplaintAcknowledged', data: { channel: 'sms' }, stream, revision: BigInt(revision) }),
      ]);
    const { position } = await append(0);

    const leaving = new AbortController();
    const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, {
      headers: { accept: 'text/event-stream', 'last-event-id': position },
      signal: leaving.signal,
    });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const read = async (until: string): Promise<void> => {
      while (!text.includes(until)) text += (await reader.read()).value ?? '';
    };
    await read('redress feed');
    const next = await append(1);
    await read(`id: ${next.position}\ndata: `);
    expect(text).not.toContain(`id: ${position}\n`);
    expect(open).toBe(1);
    leaving.abort();
    await reader.read().catch(() => undefined);
    for (let tries = 0; open > 0 && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(open).toBe(0);

    const refused = await fetch(`http://127.0.0.1:${port}/v1/events`, {
      headers: { accept: 'text/event-stream', 'last-event-id': 'other.00000000000000000001' },
    });
    expect(refused.status).toBe(410);
    await tiny.app.close();
  });

  it('a reader that does not read holds a few pages, not the ledger', async () => {
    const store = new InMemoryEventStore();
    const stream = sampleStream();
    for (let revision = 0; revision < 8000; revision++)
      await store.append(stream, revision === 0 ? 'no_stream' : BigInt(revision - 1), [
        sampleFact({ type: 'ComplaintAcknowledged', data: { channel: 'sms' }, stream, revision: BigInt(revision) }),
      ]);
    let told = 0;
    const counted = new Proxy(store, {
      get(target, name) {
        if (name !== 'subscribe') return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
        return async function* (options: Parameters<typeof store.subscribe>[0]) {
          for await (const signal of store.subscribe(options)) {
            if (signal.kind === 'batch') told += signal.events.length;
            yield signal;
          }
        };
      },
    });
    const tiny = await tinyApi({ store: counted });
    const port = await listen(tiny);
    const response = await new Promise<IncomingMessage>((resolve) =>
      httpGet({ port, host: '127.0.0.1', path: '/v1/events', headers: { accept: 'text/event-stream' } }, resolve),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    // Some lie in the sockets' buffers of both sides; the rest was never read.
    expect(told).toBeLessThan(8000);
    response.destroy();
    await tiny.app.close();
  }, 20_000);
});

describe('a clean stop', () => {
  it('finishes what is in flight, ends the streams, and takes nothing new', async () => {
    const tiny = await tinyApi();
    const port = await listen(tiny);
    const agent = new Agent({ keepAlive: true });
    const base = `http://127.0.0.1:${port}`;
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    tiny.next = async () => {
      await held;
      return recordedOnce;
    };
    const stream = await fetch(`${base}/v1/events`, { headers: { accept: 'text/event-stream' } });
    const idle = await new Promise<IncomingMessage>((resolve) => httpGet(`${base}/health/live`, { agent }, resolve));
    idle.resume();
    const inFlight = fetch(`${base}/v1/tiny`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"words":"x"}',
    });
    while (tiny.callers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));

    let closed = false;
    const closing = tiny.app.close().then(() => (closed = true));
    expect(await stream.text()).toContain('redress feed');
    expect(closed).toBe(false);
    release();
    const answer = await inFlight;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('connection')).toBe('close');
    await answer.text();
    await closing;
    await expect(fetch(`${base}/health/live`)).rejects.toThrow();
    agent.destroy();
  }, 15_000);
});
