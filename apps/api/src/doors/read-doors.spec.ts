import { QueryBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from '@sinclair/typebox';
import { Told } from '#desk/answer-schemas';
import { refusal } from '#desk/answering';
import { InvalidCursor } from '#desk/queries/cursor';
import { byCode, byPosition, limitTo } from '#desk/queries/parameters';
import { defineQuery, sourceOf, type Opening, type Reader } from '#desk/queries/query';
import type { Read } from '#desk/queries/read';
import { STAFF } from '#desk/roles';
import type { Personal } from '#fact/personal';
import { makeLog } from '#program/log';
import { NoReadModel, ReadModelBehind } from '#read-models/asking';
import { tinyApi } from '#test/support/tiny-api';
import { createApi } from '../create-api.ts';
import { doors } from './doors.ts';
import { readDoors } from './read-doors.ts';

const AUDITOR = { 'redress-actor': 'vera; role=auditor', 'correlation-id': '0b5ac2b4-6f3c-4f0e-9df5-6a1f9a0e7a11' };

describe('a door made from the description of a read', () => {
  interface Shelf extends Opening {
    readonly asked: { readonly asked: unknown; readonly reader: Reader }[];
  }
  const SHELF = sourceOf<Shelf>('a shelf');
  const described = {
    operation: 'Shelf.book',
    tag: 'shelves',
    path: 'v1/shelves/:shelf/books/:book',
    summary: 'A book.',
    roles: STAFF,
    parameters: { topic: byCode('A topic.'), after: byPosition('Where to begin.'), limit: limitTo(9, 3) },
    from: SHELF,
  } as const;
  const book = defineQuery({
    ...described,
    varies: 'Accept-Language',
    answer: Type.Object({ title: Told }),
    select: async ({ asked: all }, asked, reader) => {
      all.push({ asked, reader });
      if (asked.shelf === 'none') return refusal('not-found');
      return { kind: 'found', value: { title: 'sealed' as unknown as Personal }, revision: 7 };
    },
  });
  const codes = defineQuery({
    ...described,
    path: 'v1/codes',
    parameters: {},
    answer: Type.Object({ title: Type.String() }),
    select: async () => ({ kind: 'found', value: { title: 'sealed' } }),
  });
  const shelf: Shelf = {
    asked: [],
    vault: { open: async <T>(value: T) => JSON.parse(JSON.stringify(value).replace('sealed', 'opened')) as T },
  };
  let app: NestFastifyApplication;
  beforeAll(async () => {
    const providers = [{ provide: SHELF, useValue: shelf }];
    ({ app } = await tinyApi({ controllers: readDoors([book, codes]), providers }));
  });
  afterAll(() => app.close());
  beforeEach(() => void (shelf.asked.length = 0));
  const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

  it('hands over who asks, and what is asked: members that were not given are not there', async () => {
    await get('/v1/shelves/a/books/b?topic=chess', { ...AUDITOR, 'accept-language': 'ru, de;q=0.5' });
    expect(shelf.asked).toStrictEqual([
      {
        asked: { shelf: 'a', book: 'b', topic: 'chess', limit: 3 },
        reader: {
          actor: { id: 'vera', role: 'auditor', assurance: 'claimed' },
          correlationId: AUDITOR['correlation-id'],
          languages: ['ru', 'de'],
        },
      },
    ]);
  });

  it('answers with the stream’s revision as ETag, and says what the answer depends on', async () => {
    const { statusCode, headers } = await get('/v1/shelves/a/books/b');
    expect([statusCode, headers['etag'], headers['vary']]).toEqual([200, '"7"', 'Accept-Language']);
  });

  it('opens personal texts, and looks for none where the answer’s schema has none', async () => {
    expect((await get('/v1/shelves/a/books/b')).json()).toEqual({ title: 'opened' });
    expect((await get('/v1/codes')).json()).toEqual({ title: 'sealed' });
  });

  it.each([
    ['?topic=No', 'invalid-parameter'],
    ['?topic=', 'invalid-parameter'],
    ['?limit=10', 'invalid-parameter'],
    ['?after=7', 'invalid-position'],
    ['?tpoic=chess', 'invalid-parameter'],
    ['?topic=chess&topic=go', 'invalid-parameter'],
  ])('refuses %s as %s, without asking', async (query, code) => {
    expect((await get(`/v1/shelves/a/books/b${query}`)).json()).toMatchObject({ status: 400, code });
    expect(shelf.asked).toEqual([]);
  });

  it.each([
    [() => new InvalidCursor('x'), 400, 'invalid-cursor', undefined],
    [() => new ReadModelBehind('x'), 503, 'read-model-behind', '1'],
    [() => new NoReadModel('x'), 503, 'read-model-behind', '2'],
  ])('%#: says when a list cannot be told', async (error, status, code, retryAfter) => {
    const asked = jest.spyOn(shelf.asked, 'push').mockImplementation(() => {
      throw error();
    });
    const answer = await get('/v1/shelves/a/books/b');
    asked.mockRestore();
    expect(answer.json()).toMatchObject({ status, code });
    expect(answer.headers['retry-after']).toBe(retryAfter);
  });

  it('turns a refusal into its problem', async () => {
    expect((await get('/v1/shelves/none/books/b')).json()).toMatchObject({ status: 404, code: 'not-found' });
  });
});

describe('every read', () => {
  let app: NestFastifyApplication;
  const reads: Read<unknown, never, never>[] = [];
  beforeAll(async () => {
    const store = { interruptions: 0 } as never;
    app = await createApi({
      settings: { organisation: 'local', openAccess: false, allowedHosts: [] },
      store,
      vault: {} as never,
      log: makeLog('silent'),
      ...doors({ store } as never, {} as never),
    });
    app.get(QueryBus, { strict: false }).execute = async (read: unknown) => {
      reads.push(read as (typeof reads)[number]);
      return refusal('not-found') as never;
    };
  });
  afterAll(() => app.close());

  it('goes through the one way of reads, and knows its caller', async () => {
    const { routes } = app.getHttpAdapter().getInstance();
    const urls = routes.all
      .filter(({ method, url }) => method === 'GET' && url.startsWith('/v1/'))
      .map(({ url }) => url);
    expect(urls.length).toBeGreaterThan(20);
    for (const url of urls) {
      reads.length = 0;
      const id = '00000000-0000-4000-8000-000000000000';
      const needed = { '/v1/customers': '?reference=C-1', '/v1/events/gaps': `?subject=complaint/${id}` }[url] ?? '';
      const { statusCode } = await app.inject({ url: url.replace(/:\w+/g, id) + needed, headers: AUDITOR });
      const [read] = reads;
      expect([url, statusCode, reads.length, `/${read?.what.path}`]).toEqual([url, 404, 1, url]);
      expect(read!.reader).toMatchObject({ actor: { id: 'vera' }, correlationId: AUDITOR['correlation-id'] });
    }
  });

  it('of the stream of events too', async () => {
    reads.length = 0;
    await app.inject({ url: '/v1/events', headers: { ...AUDITOR, accept: 'text/event-stream' } });
    expect(reads.map(({ reader }) => reader.actor.id)).toEqual(['vera']);
  });
});
