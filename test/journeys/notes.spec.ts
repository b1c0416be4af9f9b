import { startService, type Service } from '../support/service.ts';

/** A note for colleagues: private, and never the customer's to see. */
describe('a note', () => {
  let service: Service;
  let complaint: string;
  const post = (body: object, sent = {}) => service.client.post(`/v1/complaints/${complaint}/notes`, body, sent);
  const get = async (path: string) => (await service.client.get(path)).body;
  beforeAll(async () => {
    service = await startService({ followers: false });
    const intake = { channel: 'phone', words: 'It came late.' };
    complaint = (await service.client.post('/v1/complaints', intake)).body.id;
  }, 60_000);
  afterAll(() => service.close(), 60_000);

  it('is read at its own URL, in the complaint and in its history, by staff', async () => {
    const { status, headers, body } = await post({ text: 'She prefers the evening.' }, { as: 'anna; role=lead' });
    expect([status, body.facts]).toEqual([201, [{ id: expect.any(String), type: 'NoteRecorded' }]]);
    const path = `/v1/complaints/${complaint}/notes/${body.id}`;
    expect(headers['location']).toBe(path);
    const note = { id: body.id, text: 'She prefers the evening.', at: expect.any(String), by: 'anna' };
    expect(await get(path)).toEqual(note);
    expect((await get(`/v1/complaints/${complaint}`)).notes).toEqual([note]);
    expect((await get(`/v1/complaints/${complaint}/history`)).facts.at(-1)).toMatchObject({
      type: 'NoteRecorded',
      data: { note: body.id, text: 'She prefers the evening.' },
    });
    const answer = await service.client.get(path, { as: 'ada; role=customer' });
    expect([answer.status, answer.body.code]).toEqual([403, 'role-not-allowed']);
  });

  it('is published as a marker that says nothing', async () => {
    const { items } = await get('/v1/events');
    expect(items.at(-1)).toMatchObject({ type: 'redress.complaint.recorded.v1', data: {} });
    expect(JSON.stringify(items)).not.toContain('evening');
  });

  it('is a new fact each time, and one under one key', async () => {
    const [one, other] = [await post({ text: 'Again.' }), await post({ text: 'Again.' })];
    expect(one.body.id).not.toBe(other.body.id);
    const [first, repeated] = [
      await post({ text: 'Once.' }, { key: 'k' }),
      await post({ text: 'Once.' }, { key: 'k' }),
    ];
    expect([repeated.status, repeated.body]).toEqual([first.status, first.body]);
  });

  it('goes on after the end, and needs a text', async () => {
    await service.client.post(`/v1/complaints/${complaint}/withdrawals`, { reason: 'Settled.' });
    expect((await post({ text: 'She called once more.' })).status).toBe(201);
    expect((await post({ text: ' ' })).body.errors).toMatchObject([{ pointer: '#/text', code: 'blank' }]);
    expect((await get(`/v1/complaints/${complaint}/next-steps`)).can).toContainEqual({ step: 'notes' });
  });
});
