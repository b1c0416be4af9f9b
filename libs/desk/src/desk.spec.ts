import { randomUUID } from 'node:crypto';
import { Acknowledge, AcknowledgementBody } from './commands/intake.ts';
import { Apologise, ApologyBody, MessageBody, RecordMessage, Thank, ThanksBody } from './commands/conversation.ts';
import { MakePromise, PromiseBody } from './commands/promises.ts';
import { CustomerBody, ReceiptBody } from './commands/receive-body.ts';
import { Receive } from './commands/receive.ts';
import { body, by, codeOf, deskInMemory, taken, type DeskInMemory } from './desk.stories.ts';
import { derivedId } from '#privacy/secrets';

let desk: DeskInMemory;
beforeEach(async () => void (desk = await deskInMemory()));
afterEach(() => desk.close());

const receipt = (also: Partial<ReceiptBody> = {}) =>
  body(ReceiptBody, { channel: 'phone', words: 'Nobody called.', ...also });
const key = (idempotencyKey: string) => ({ idempotencyKey });
const received = async (also?: Partial<ReceiptBody>) =>
  taken(await desk.send(new Receive(receipt(also), by('handler', '/v1/complaints'))));
const thanks = (why: string) => body(ThanksBody, { why });
const facts = async (): Promise<string[]> =>
  (await desk.store.readAll({ maxCount: 1000 })).events.map(({ type }) => type);

describe('the same Idempotency-Key', () => {
  it('gives the same answer: ids, revision, position, facts, location', async () => {
    const intake = () => desk.send(new Receive(receipt(), by('handler', '/v1/complaints', key('k1'))));
    const first = taken(await intake());
    const { members: firstMembers, ...firstRest } = first;
    await desk.send(new Thank(first.id, thanks('So.'), by('handler', '/x')));
    const { members, ...rest } = taken(await intake());
    expect(rest).toEqual(firstRest);
    expect(members).toMatchObject({
      reference: firstMembers!['reference'],
      issues: firstMembers!['issues'],
      customer: firstMembers!['customer'],
    });
    expect((await facts()).filter((type) => type === 'ComplaintReceived')).toHaveLength(1);
  });

  it('gives the same answer after other facts, also for a command that would now be refused or be nothing', async () => {
    const { id } = await received();
    const promise = body(PromiseBody, { what: 'update', due: '2026-03-05T09:00:00Z' });
    const make = () =>
      desk.send(new MakePromise(id, promise, by('handler', `/v1/complaints/${id}/promises`, key('k'))));
    const first = await make();
    await desk.send(new Thank(id, thanks('So.'), by('handler', '/x')));
    expect(await make()).toEqual(first);
    expect(taken(first).location).toBe(`/v1/complaints/${id}/promises/${taken(first).id}`);
  });

  it('with another body is refused', async () => {
    const { id } = await received();
    const path = `/v1/complaints/${id}/thanks`;
    await desk.send(new Thank(id, thanks('One.'), by('handler', path, key('k'))));
    expect(codeOf(await desk.send(new Thank(id, thanks('Other.'), by('handler', path, key('k')))))).toBe(
      'idempotency-key-reused',
    );
  });

  it('with another body is refused for an intake too', async () => {
    const intake = (words: string) =>
      desk.send(new Receive(receipt({ words }), by('handler', '/v1/complaints', key('k'))));
    taken(await intake('One.'));
    expect(codeOf(await intake('Other.'))).toBe('idempotency-key-reused');
  });

  it('of another caller, or on another path, is another key', async () => {
    const { id } = await received();
    const promise = (role: 'handler' | 'lead', path: string) =>
      desk.send(
        new MakePromise(id, body(PromiseBody, { what: 'fix', due: '2026-03-05T09:00:00Z' }), by(role, path, key('k'))),
      );
    const ids = [await promise('handler', '/a'), await promise('lead', '/a'), await promise('handler', '/b')].map(
      (answer) => taken(answer).id,
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('comes before If-Match, and If-Match before the rules', async () => {
    const { id } = await received();
    const path = `/v1/complaints/${id}/thanks`;
    const request = () => desk.send(new Thank(id, thanks('One.'), by('handler', path, { ...key('k'), ifMatch: [0] })));
    const first = await request();
    expect(await request()).toEqual(first);
    const apology = body(ApologyBody, { form: 'spoken', words: 'Sorry.' });
    const { id: other } = await received();
    const stale = await desk.send(new Apologise(other, apology, by('handler', '/y', { ifMatch: [7] })));
    expect(stale).toMatchObject({ kind: 'mismatch', revision: 0, missed: [] });
    expect(codeOf(await desk.send(new Apologise(other, apology, by('handler', '/y'))))).toBe('apology-before-thanks');
  });

  it('binds nothing when the command was refused or recorded nothing', async () => {
    const { id } = await received();
    const apology = (words: string) =>
      desk.send(new Apologise(id, body(ApologyBody, { form: 'spoken', words }), by('handler', '/a', key('k'))));
    expect(codeOf(await apology('Sorry.'))).toBe('apology-before-thanks');
    await desk.send(new Thank(id, thanks('So.'), by('handler', '/t')));
    expect(taken(await desk.send(new Thank(id, thanks('Again.'), by('handler', '/t', key('t'))))).facts).toEqual([]);
    expect(taken(await apology('Other words.')).facts).toMatchObject([{ type: 'ApologyGiven' }]);
  });

  it('used by many at once records one fact, and all get its answer', async () => {
    const { id } = await received();
    const path = `/v1/complaints/${id}/promises`;
    const promise = body(PromiseBody, { what: 'update', due: '2026-03-05T09:00:00Z' });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => desk.send(new MakePromise(id, promise, by('handler', path, key('k'))))),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect((await facts()).filter((type) => type === 'PromiseMade')).toHaveLength(1);
  });

  it('used by many intakes at once receives one complaint', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => desk.send(new Receive(receipt(), by('handler', '/v1/complaints', key('k'))))),
    );
    expect(new Set(answers.map((answer) => taken(answer).id)).size).toBe(1);
    expect(new Set(answers.map((answer) => taken(answer).members!['reference'])).size).toBe(1);
    expect((await facts()).filter((type) => type === 'ComplaintReceived')).toHaveLength(1);
  });
});

describe('an intake', () => {
  it('answers the reference, the issues, the customer, clocks with their derivation, and next steps', async () => {
    const { members, location, id, revision } = await received();
    expect({ revision, location }).toEqual({ revision: 0, location: `/v1/complaints/${id}` });
    expect(members).toEqual({
      reference: expect.stringMatching(/^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]$/),
      issues: [{ id: expect.any(String) }],
      customer: { id: expect.any(String) },
      clocks: [
        expect.objectContaining({
          name: 'first-response',
          due: '2026-03-02T18:00:00.000Z',
          met: null,
          derivation: [expect.objectContaining({ day: '2026-03-02', counted: 'PT9H' })],
        }),
      ],
      nextSteps: expect.arrayContaining([
        expect.objectContaining({ step: 'acknowledgements', wording: expect.anything() }),
      ]),
    });
  });

  it('that is refused leaves no trace: no number is counted, no customer is remembered', async () => {
    const unknown = receipt({ channel: 'smoke-signals', customer: body(CustomerBody, { reference: 'C-1' }) });
    expect(codeOf(await desk.send(new Receive(unknown, by('handler', '/v1/complaints'))))).toBe('unknown-code');
    const lost = receipt({ follows: randomUUID(), customer: body(CustomerBody, { reference: 'C-1' }) });
    expect(codeOf(await desk.send(new Receive(lost, by('handler', '/v1/complaints'))))).toBe('invalid-body');
    const tomorrow = receipt({
      effectiveAt: '2026-03-03T09:00:00Z',
      customer: body(CustomerBody, { reference: 'C-1' }),
    });
    expect(codeOf(await desk.send(new Receive(tomorrow, by('handler', '/v1/complaints'))))).toBe('invalid-body');
    expect(await desk.parts.subjects.find('C-1')).toBeUndefined();
    expect(await facts()).toEqual(['PolicyAdopted']);
    expect((await received()).members!['reference']).toBe('90D-XW8-2');
  });

  it('gives an anonymous complaint a subject of its own, whatever was said in passing', async () => {
    const customer = body(CustomerBody, { reference: 'C-1' });
    const known = (await received({ customer })).members!['customer'];
    const nobody = (await received({ customer, confidentiality: 'anonymous' })).members!['customer'];
    expect(nobody).not.toEqual(known);
    expect((await received({ customer })).members!['customer']).toEqual(known);
  });

  it('knows a customer again by the reference, and nobody else', async () => {
    const subjectOf = async (customer?: Partial<CustomerBody>) =>
      ((await received(customer && { customer: body(CustomerBody, customer) })).members!['customer'] as { id: string })
        .id;
    const [one, again, other, nameless, nobody] = [
      await subjectOf({ reference: 'C-1' }),
      await subjectOf({ reference: 'C-1' }),
      await subjectOf({ reference: 'C-2' }),
      await subjectOf({ name: 'Ada' }),
      await subjectOf(),
    ];
    expect(again).toBe(one);
    expect(new Set([one, other, nameless, nobody]).size).toBe(4);
  });

  it('may follow a complaint that stands', async () => {
    const { id } = await received();
    expect((await received({ follows: id })).facts).toHaveLength(1);
  });

  it('derives what it creates from the command', async () => {
    const { id } = taken(await desk.send(new Receive(receipt(), by('handler', '/v1/complaints', key('k')))));
    const commandId = desk.parts.secrets.commandId({
      organisation: 'local',
      caller: 'anna',
      method: 'POST',
      path: '/v1/complaints',
      key: 'k',
    });
    expect(id).toBe(derivedId(commandId, 'complaint'));
  });
});

describe('many commands to one complaint at once', () => {
  it('are each decided and appended once: nobody is in the other’s way', async () => {
    let appends = 0;
    const counted = await deskInMemory(
      (store) =>
        new Proxy(store, {
          get: (target, name) => {
            const member: unknown = Reflect.get(target, name);
            if (name === 'append') appends++;
            return typeof member === 'function' ? (member.bind(target) as unknown) : member;
          },
        }),
    );
    try {
      const { id } = taken(await counted.send(new Receive(receipt(), by('handler', '/v1/complaints'))));
      appends = 0;
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, number) =>
          counted.send(
            new RecordMessage(
              id,
              body(MessageBody, { direction: 'in', channel: 'email', text: `Message ${number}.` }),
              by('handler', '/x'),
            ),
          ),
        ),
      );
      expect(answers.map((answer) => taken(answer).revision)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
      expect(appends).toBe(60);
    } finally {
      await counted.close();
    }
  });
});

describe('a command to a complaint', () => {
  it('that is not there is not found, also with If-Match', async () => {
    expect(codeOf(await desk.send(new Thank(randomUUID(), thanks('So.'), by('handler', '/x'))))).toBe('not-found');
    expect(codeOf(await desk.send(new Thank(randomUUID(), thanks('So.'), by('handler', '/x', { ifMatch: '*' }))))).toBe(
      'not-found',
    );
    expect(codeOf(await desk.send(new Thank('nobody', thanks('So.'), by('handler', '/x'))))).toBe('not-found');
  });

  it('may name it by its reference; a mistyped one is told', async () => {
    const { members } = await received();
    const reference = members!['reference'] as string;
    expect(
      taken(await desk.send(new Thank(reference.toLowerCase(), thanks('So.'), by('handler', '/x')))).revision,
    ).toBe(1);
    const mistyped = reference.slice(0, -1) + (reference.endsWith('0') ? '1' : '0');
    expect(codeOf(await desk.send(new Thank(mistyped, thanks('So.'), by('handler', '/x'))))).toBe('mistyped-reference');
  });

  it('is decided under the newest policy, whose version is stored', async () => {
    const { id } = await received();
    await desk.adopt({
      norms: {
        'first-response': { workingDays: 1, calendar: 'default' },
        resolution: { workingDays: 2, calendar: 'default' },
      },
    });
    taken(await desk.send(new Acknowledge(id, body(AcknowledgementBody, { channel: 'sms' }), by('handler', '/x'))));
    const { events } = await desk.store.readAll({ maxCount: 100 });
    const acknowledged = events.find(({ type }) => type === 'ComplaintAcknowledged')!;
    expect(acknowledged.metadata.policyVersion).toBe(1);
    expect(acknowledged.data['dues']).toMatchObject([
      { clock: 'resolution', due: '2026-03-03T18:00:00.000Z', calendarVersion: 1 },
    ]);
  });

  it('takes effect when the caller says, and not before the receipt or after now', async () => {
    const { id } = await received();
    desk.later({ hours: 2 });
    const when = (effectiveAt: string) =>
      desk.send(new Thank(id, body(ThanksBody, { why: 'So.', effectiveAt }), by('handler', '/x')));
    expect(codeOf(await when('2026-03-02T08:59:59Z'))).toBe('invalid-body');
    expect(codeOf(await when('2026-03-02T11:00:00.001Z'))).toBe('invalid-body');
    expect(taken(await when('2026-03-02T11:30:00+01:00')).revision).toBe(1);
    const { events } = await desk.store.readAll({ maxCount: 100 });
    expect(events.at(-1)!.metadata).toMatchObject({
      effectiveAt: '2026-03-02T10:30:00.000Z',
      recordedAt: '2026-03-02T11:00:00.000Z',
    });
  });
});
