import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CHAPTERS } from '#desk/commands/chapters';
import { DeskModule } from '#desk/desk.module';
import { deskInMemory, type DeskInMemory } from '#desk/desk.stories';
import { makeLog } from '#program/log';
import { createApi } from '../create-api.ts';
import { writeDoors } from './write-doors.ts';

describe('a door that is made from a command', () => {
  let desk: DeskInMemory;
  let app: NestFastifyApplication;
  beforeAll(async () => {
    desk = await deskInMemory();
    app = await createApi({
      settings: { organisation: 'local', openAccess: false, allowedHosts: [] },
      store: desk.store,
      vault: desk.parts.vault,
      log: makeLog('silent'),
      imports: [DeskModule.with(desk.parts)],
      controllers: CHAPTERS.flatMap(writeDoors),
    });
  });
  afterAll(async () => {
    await app.close();
    await desk.close();
  });
  const post = async (url: string, payload: object, headers: Record<string, string> = {}) => {
    const answer = await app.inject({
      method: 'POST',
      url,
      payload: JSON.stringify(payload),
      headers: { 'content-type': 'application/json', ...headers },
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
  const intake = { channel: 'phone', words: 'It came late.' };

  it('takes what the command takes, and answers what it answers', async () => {
    const received = await post('/v1/complaints', intake, { 'accept-language': 'en' });
    expect([received.status, received.headers['vary']]).toEqual([201, 'Accept-Language']);
    const complaint = `/v1/complaints/${received.body.id}`;
    const promise = await post(`${complaint}/promises`, { what: 'update', due: '2999-01-01T00:00:00Z' });
    expect([promise.status, promise.headers['location']]).toEqual([201, `${complaint}/promises/${promise.body.id}`]);
    const kept = await post(`${complaint}/promises/${promise.body.id}/fulfilments`, {});
    expect(kept.body.facts).toMatchObject([{ type: 'PromiseFulfilled' }]);
  });

  it.each([
    [{ 'idempotency-key': ' x' }, 'invalid-idempotency-key'],
    [{ 'if-match': 'x' }, 'invalid-precondition'],
    [{}, 'invalid-body'],
  ])('says what is wrong with a header before what is wrong with the body: %j', async (headers, code) =>
    expect((await post('/v1/complaints', { words: 7 }, headers)).body.code).toBe(code),
  );
});
