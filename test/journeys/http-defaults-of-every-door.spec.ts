import type { Got } from '../support/client.ts';
import { startService, type Service } from '../support/service.ts';

/**
 * Bad input at every door that the OpenAPI document names: each answer is a problem or a success that the document
 * describes (the client holds it to that), and never a 500.
 */

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const NO_ONE = '00000000-0000-4000-8000-000000000000';

describe('every door', () => {
  let service: Service;
  let document: Document;
  let complaint: string;
  let call: string;
  let issue: string;
  beforeAll(async () => {
    service = await startService({ followers: false });
    document = (await service.client.get('/openapi.json')).body;
    const received = await service.client.post('/v1/complaints', {
      channel: 'phone',
      words: 'It came late.',
      issues: [{ category: 'delivery-late' }],
    });
    complaint = received.body.id;
    issue = received.body.issues[0].id;
    await service.client.post(`/v1/complaints/${complaint}/thanks`, { why: 'For telling us.' });
    call = (await service.client.post(`/v1/complaints/${complaint}/resolutions`, { text: 'Done.' })).body.followUp;
  }, 60_000);
  afterAll(() => service.close(), 60_000);

  const operations = (method: string): [string, Operation][] =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      methods[method] ? [[path, methods[method]] as [string, Operation]] : [],
    );
  /** A path with ids in it; `real`: of things that are there. */
  const filled = (path: string, id: string): string =>
    path.replace(/\{([^}]+)\}/g, () => {
      if (id !== 'real') return id;
      return path.startsWith('/v1/follow-up-calls') ? call : path.startsWith('/v1/complaints') ? complaint : NO_ONE;
    });
  /** A list that nobody filled may be behind; nothing else is the service's own fault. */
  const expectNoBlame = (label: string, { status, body }: Got): void =>
    expect([label, status < 500 || body.code === 'read-model-behind']).toEqual([label, true]);

  it('that reads knows nothing of strange ids, and refuses parameters that it does not name', async () => {
    for (const [path, operation] of operations('get')) {
      for (const id of [
        'real',
        NO_ONE,
        NO_ONE.toUpperCase(),
        'x',
        '%00',
        '%F0%9F%98%80',
        '..',
        '0',
        "'",
        '%25',
        '__proto__',
        'constructor',
        'x'.repeat(99),
      ]) {
        const url = filled(path, id);
        expectNoBlame(url, await service.client.get(url));
        if (!path.includes('{')) break;
      }
      expect([path, (await service.client.get(`${filled(path, 'real')}?no-such-parameter=1`)).body.code]).toEqual([
        path,
        'invalid-parameter',
      ]);
      for (const { name } of (operation.parameters ?? []).filter((parameter) => parameter.in === 'query')) {
        for (const value of [
          '',
          '%00',
          '%ff',
          '-1',
          '1e9',
          "'",
          '2026-02-30T00:00:00Z',
          '__proto__',
          'x'.repeat(300),
        ]) {
          const url = `${filled(path, 'real')}?${name}=${value}`;
          expectNoBlame(url, await service.client.get(url));
        }
        const twice = await service.client.get(`${filled(path, 'real')}?${name}=1&${name}=1`);
        expect([path, name, twice.body.code]).toEqual([path, name, 'invalid-parameter']);
      }
    }
  }, 120_000);

  it('that writes refuses what is no object of its fields', async () => {
    for (const method of ['post', 'put'] as const)
      for (const [path, operation] of operations(method)) {
        const url = filled(path, 'real');
        const ask = async (body: string, headers: Record<string, string> = {}) =>
          (await service.client.send(method.toUpperCase(), url, body, { headers })).body.code as string;
        const label = (body: string) => `${method} ${path} ${body.slice(0, 60)}`;
        for (const body of ['', '{', 'words'] as const)
          expect([label(body), await ask(body)]).toEqual([label(body), 'malformed-json']);
        const schema = bodyOf(operation);
        const required = Object.fromEntries(Object.keys(schema.properties ?? {}).map((name) => [name, 'x']));
        for (const body of [
          '[]',
          'null',
          '"x"',
          '7',
          '[{}]',
          JSON.stringify({ ...required, 'no-such-field': 1 }),
          '{"__proto__":{}}',
          '{"constructor":{}}',
          '{"a":1,"a":2}',
          `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`,
        ])
          expect([label(body), await ask(body)]).toEqual([label(body), 'invalid-body']);
        expect([path, await ask('{}', { 'content-type': 'text/plain' })]).toEqual([path, 'unsupported-media-type']);
        expect([path, await ask('{}', { 'redress-actor': 'x; role=system' })]).toEqual([
          path,
          expect.stringMatching(/^(role-not-allowed|invalid-body)$/),
        ]);
        expect([path, await ask(`{"a":"${'x'.repeat(1_200_000)}"}`)]).toEqual([path, 'body-too-large']);
      }
  }, 120_000);

  it('that writes bears every kind of value in every field of a body that is otherwise good', async () => {
    const values = [
      'null',
      '1',
      '-1',
      '1.5',
      'true',
      '""',
      '" "',
      '"a\\u0000"',
      '"\\ud800"',
      '[]',
      '[null]',
      '{}',
      '"2026-02-30T00:00:00.000Z"',
      `"${'x'.repeat(70_000)}"`,
      '9007199254740993',
    ];
    let taken = 0;
    for (const [path, operation] of operations('post')) {
      const url = filled(path, 'real');
      const fields = sampleOf(bodyOf(operation)) as Record<string, unknown>;
      const good = Object.fromEntries(
        Object.entries({ ...fields, ...known(fields) }).filter(([, value]) => value !== undefined),
      );
      for (const name of Object.keys(fields))
        for (const value of values) {
          const marked = JSON.stringify({ ...good, [name]: '?' });
          const body = marked.replace(`${JSON.stringify(name)}:"?"`, `${JSON.stringify(name)}:${value}`);
          expectNoBlame(
            `${url} ${name}=${value.slice(0, 40)}`,
            await service.client.send('POST', url, body, { as: 'ada; role=manager' }),
          );
        }
      const got = await service.client.post(url, good, { as: 'ada; role=manager' });
      expectNoBlame(url, got);
      if (got.status < 300) taken++;
    }
    // Otherwise the bodies were not good, and nothing was proved.
    expect(taken).toBeGreaterThanOrEqual(15);
    // And what was taken can be read: nothing is half recorded.
    for (const path of ['', '/history', '/next-steps'])
      expect((await service.client.get(`/v1/complaints/${complaint}${path}`)).status).toBe(200);
    expect((await service.client.get('/v1/events?limit=1000')).status).toBe(200);
  }, 240_000);

  it('that writes to something that is not there says so, and records nothing', async () => {
    const head = await service.parts.store.head();
    for (const [path] of operations('post').filter(([path]) => path.includes('{')))
      for (const id of [NO_ONE, 'x', '%00', '__proto__', '..%2f..', "' or 1=1"]) {
        const { status, body } = await service.client.post(filled(path, encodeURI(decodeURI(id))), {});
        expect([path, id, [404, 422].includes(status)]).toEqual([path, id, true]);
        expect(body.code).not.toBe('internal-error');
      }
    expect(await service.parts.store.head()).toBe(head);
  }, 60_000);

  /** What a rule or the policy must know; undefined: better left out. */
  const known = (fields: Record<string, unknown>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries({
        effectiveAt: undefined,
        override: undefined,
        waived: undefined,
        reason: 'waived' in fields ? undefined : 'Because.',
        declined: undefined,
        reached: undefined,
        confirms: undefined,
        follows: undefined,
        request: undefined,
        representative: undefined,
        origin: undefined,
        mandateUntil: undefined,
        language: 'en',
        what: 'due' in fields ? 'update' : 'phone',
        due: '2999-01-01T00:00:00.000Z',
        desiredOutcomes: ['apology'],
        item: 'free-delivery',
        issue,
      }).filter(([name]) => name in fields),
    );

  /** Something that fits a body's schema, with every field. */
  const sampleOf = (schema: Schema): unknown => {
    const { $ref, allOf, enum: choices, type, format, pattern, minimum, items, properties } = schema;
    if ($ref !== undefined) return sampleOf(document.components.schemas[$ref.split('/').at(-1)!]!);
    if (allOf) return sampleOf(allOf[0]!);
    if (choices) return choices[0];
    if (format !== undefined)
      return { 'date-time': '2020-01-01T00:00:00.000Z', date: '2020-01-01', duration: 'P1D', uuid: NO_ONE }[format];
    if (type === 'array') return [sampleOf(items!)];
    if (type === 'object')
      return Object.fromEntries(
        Object.entries(properties ?? { channel: {} }).map(([name, member]) => [name, sampleOf(member)]),
      );
    if (type === 'integer') return minimum ?? 0;
    if (type === 'boolean') return true;
    return pattern === '^[A-Z]{3}$' ? 'RUB' : 'phone';
  };

  const bodyOf = (operation: Operation): Schema => {
    const schema = operation.requestBody?.content['application/json'].schema ?? {};
    return schema.$ref === undefined ? schema : (document.components.schemas[schema.$ref.split('/').at(-1)!] ?? {});
  };
});
