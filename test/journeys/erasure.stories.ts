import type { TSchema } from '@sinclair/typebox';
import type { EventDescription } from '#fact/define-event';
import { isEnvelope } from '#fact/personal';
import { nounOf } from '#nouns/stream-names';
import { nouns } from '#nouns/nouns';
import { subjectOf } from '#fact/vocabulary';
import type { EventStore, Position, RecordedEvent } from '#ledger/stream/port';
import type { Client, Got, Sent } from '../support/client.ts';

/** Stories for the erasure: customers whose every word is marked, and every door that shows words. */

/** A request that was answered, to be repeated as it was. */
export interface Asked {
  readonly path: string;
  readonly body: unknown;
  readonly sent: Sent;
  readonly got: Got;
}

export interface Lived {
  /** The subjects' ids. */
  readonly customer: string;
  readonly representative: string;
  /** A whole life with every personal field, and one that ended by withdrawal. */
  readonly complaints: readonly [string, string];
  readonly calls: readonly string[];
  readonly asked: readonly Asked[];
}

/** Marks of one customer: each word begins with the customer's stem, the representative's with theirs. */
export const markedLife = async (client: Client, stem: string, theirs: string): Promise<Lived> => {
  const asked: Asked[] = [];
  let number = 0;
  const post = async (path: string, body: unknown, as = 'anna; role=handler'): Promise<Got['body']> => {
    // A key may hold what it likes: a customer’s number, too.
    const sent = { as, key: `${stem}-${asked.length}:${path}` };
    const got = await client.post(path, body, sent);
    if (got.status !== 201) throw new Error(`${path}: ${got.status} ${JSON.stringify(got.body)}`);
    asked.push({ path, body, sent, got });
    return got.body;
  };
  const words = (what: string): string => `It is ${stem}${what}${++number}, I say.`;

  const received = await post('/v1/complaints', {
    channel: 'phone',
    words: words('words'),
    summary: words('summary'),
    language: 'en',
    tone: 'angry',
    customer: {
      reference: `${stem}ref`,
      name: words('name'),
      phone: `+44 ${stem}phone`,
      email: `${stem}mail@example.org`,
      since: '2019-04-01',
    },
    representative: {
      name: `${theirs}name`,
      phone: `${theirs}phone`,
      email: `${theirs}mail@example.org`,
      mandate: `By a letter of ${theirs}.`,
      mandateUntil: '2030-01-31',
    },
    purchase: { order: `${stem}order`, product: 'sofa', value: { amount: 4_990_000, currency: 'RUB' } },
    issues: [{ category: 'delivery-late', severity: 'costly', process: { department: 'logistics' } }],
    origin: { system: 'old-desk', id: `${stem}origin` },
  });
  const at = (door: string): string => `/v1/complaints/${received.id}/${door}`;
  const issue = received.issues[0].id as string;

  await post(at('acknowledgements'), { channel: 'sms' });
  await post(at('apologies'), { form: 'written', words: words('apology'), override: { reason: words('override') } });
  await post(at('thanks'), { why: words('thanks') });
  await post(at('responsibility'), { words: words('responsibility') }, 'boris; role=manager');
  const request = (await post(at('information-requests'), { ask: words('ask'), topic: 'photo' })).id as string;
  await post(at('information'), { request, text: words('told') });
  await post(at('messages'), { direction: 'in', channel: 'email', text: words('message') });
  // A long text, as mails are: databases store such ones elsewhere, and in another manner.
  await post(at('messages'), { direction: 'out', channel: 'email', text: words('long').repeat(400) });
  await post(at('notes'), { text: words('note') });
  const due = new Date(Date.now() + 86_400_000).toISOString();
  await post(at('promises'), { what: 'update', due });
  const other = (await post(at('issues'), { category: 'rude-reply', severity: 'minor' })).id as string;
  await post(at('reclassifications'), { issue: other, category: 'no-reply', reason: words('classified') });
  await post(at('assessments'), { issue, repairable: false });
  await post(at('assessments'), { issue: other, repairable: true });
  const process = { department: 'logistics' };
  const suspicion = (await post(at('causes'), { issue, state: 'hypothesis', process, text: words('suspicion') })).id;
  await post(at('causes'), { issue, state: 'confirmed', confirms: suspicion, process, text: words('cause') });
  await post(at('explanations'), { text: words('explanation') });
  await post(at('corrections'), { issue: other, what: words('correction'), inPresence: true });
  const offer = (await post(at('compensations'), { issue, item: 'free-delivery' })).id as string;
  await post(at(`compensations/${offer}/declines`), { reason: words('decline') });
  await post(at(`compensations/${offer}/acceptances`), {});
  await post(at(`compensations/${offer}/deliveries`), { proof: words('proof') });
  await post(at('contacts'), { name: words('newname'), phone: `${stem}newphone`, email: `${stem}new@example.org` });
  const first = (await post(at('resolutions'), { text: words('resolution') })).followUp as string;
  await post(`/v1/follow-up-calls/${first}/attempts`, { result: 'no-answer' });
  const outcome = { solution: 5, attitude: 4, told: words('outcome'), comment: words('comment') };
  await post(`/v1/follow-up-calls/${first}/outcomes`, outcome);
  await post(at('answers'), { answer: 'accepted' });
  await post(at('closures'), {});
  const fact = received.facts[0].id as string;
  const { representative } = (await client.get(`/v1/complaints/${received.id}`)).body;
  await post(at('rectifications'), {
    fact,
    data: {
      summary: words('right'),
      customer: { id: received.customer.id, reference: `${stem}ref2` },
      representative: { id: representative.id, name: `${theirs}right` },
    },
    reason: words('rectified'),
  });
  const data = { representative: { id: representative.id, email: `${theirs}right@example.org` } };
  await post(at('rectifications'), { fact, data, reason: words('rectified') });
  await post(at('reopenings'), { reason: words('reopening') });
  const second = (await post(at('resolutions'), { text: words('again') })).followUp as string;

  const brief = await post('/v1/complaints', {
    channel: 'email',
    words: words('brief'),
    customer: { reference: `${stem}ref` },
    issues: [{ category: 'delivery-late', process: { department: 'logistics' } }],
  });
  await post(`/v1/complaints/${brief.id}/explanations`, { waived: true, reason: words('waiver') });
  await post(`/v1/complaints/${brief.id}/withdrawals`, { reason: words('withdrawal') });

  return {
    customer: received.customer.id,
    representative: representative.id,
    complaints: [received.id, brief.id],
    calls: [first, second],
    asked,
  };
};

/** Every address that shows something of a customer's complaints, with the complaint as it is and as it was. */
export const placesOf = async (client: Client, { complaints, calls }: Lived): Promise<string[]> => {
  const places = calls.map((id) => `/v1/follow-up-calls/${id}`);
  for (const id of complaints) {
    const { body } = await client.get(`/v1/complaints/${id}`);
    const { facts } = (await client.get(`/v1/complaints/${id}/history`)).body;
    const middle = facts[Math.floor(facts.length / 2)];
    const things = {
      issues: body.issues,
      'information-requests': body.informationRequests,
      messages: body.messages,
      notes: body.notes,
      promises: body.promises,
      causes: body.causes,
      corrections: body.issues.flatMap(({ corrections }: { corrections: object[] }) => corrections),
      compensations: body.compensations,
    };
    places.push(
      ...['', '/history', '/next-steps', `?revision=${middle.revision}`, `?at=${middle.recordedAt}`, '?revision=0'].map(
        (rest) => `/v1/complaints/${id}${rest}`,
      ),
      `/v1/complaints/${id}/history?from=3&to=${middle.recordedAt}`,
      `/v1/complaints/${body.reference}`,
      ...Object.entries(things).flatMap(([door, all]) =>
        (all as { id: string }[]).map((thing) => `/v1/complaints/${id}/${door}/${thing.id}`),
      ),
    );
  }
  return places;
};

/** How an answer reads when the texts that begin with a stem are erased; nothing else of it may change. */
export const erasedIn = (value: unknown, stem: string): unknown => {
  if (typeof value === 'string') return value.includes(stem) ? { erased: true } : value;
  if (Array.isArray(value)) return value.map((item) => erasedIn(item, stem));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === 'rectifications'
        ? (member as { data: object }[]).map((one) => ({
            ...(erasedIn(one, stem) as object),
            data: rectified(one.data, stem),
          }))
        : erasedIn(member, stem),
    ]),
  );
};

/** What a rectification adds is one personal text for each person, shown as the members it holds. */
const rectified = ({ representative, ...own }: { readonly representative?: object }, stem: string): object => ({
  ...wholly(own, stem),
  ...(representative && { representative: wholly(representative, stem) }),
});
const wholly = (members: object, stem: string): object =>
  JSON.stringify(members).includes(stem) ? { erased: true } : members;

/** `ComplaintReceived/customer/name` … : the personal fields that facts define, and those that the ledger holds. */
export const definedPersonalFields = (): string[] =>
  nouns.flatMap(({ events }) =>
    events.flatMap(({ type, data }: EventDescription) => personalBelow(data).map((pointer) => `${type}${pointer}`)),
  );

const personalBelow = (schema: TSchema): string[] => {
  if (subjectOf(schema) !== undefined) return [''];
  const below = Object.entries((schema['properties'] ?? {}) as Record<string, TSchema>);
  if (schema['items']) below.push(['*', schema['items'] as TSchema]);
  return below.flatMap(([name, inner]) => personalBelow(inner).map((rest) => `/${name}${rest}`));
};

/** The personal fields that lie sealed in these streams. */
export const sealedFields = async (store: EventStore, ids: readonly string[]): Promise<Set<string>> => {
  const found = new Set<string>();
  const look = (value: unknown, place: string): void => {
    if (isEnvelope(value)) found.add(place);
    else if (Array.isArray(value)) value.forEach((item) => look(item, `${place}/*`));
    else if (typeof value === 'object' && value !== null)
      Object.entries(value).forEach(([name, member]) => look(member, `${place}/${name}`));
  };
  for await (const { stream, type, data } of allFacts(store))
    if (ids.includes(nounOf(stream)?.id ?? '')) look(data, type);
  return found;
};

/** The facts as their store gives them, whichever it is: what an outsider would see who got at it. */
export const storedText = async (store: EventStore): Promise<string> => {
  const facts: unknown[] = [];
  for await (const { revision, ...fact } of allFacts(store)) facts.push({ ...fact, revision: String(revision) });
  return JSON.stringify(facts);
};

const allFacts = async function* (store: EventStore): AsyncGenerator<RecordedEvent> {
  for (let after: Position | undefined; ;) {
    const { events, scannedTo } = await store.readAll({ ...(after !== undefined && { after }), maxCount: 500 });
    yield* events;
    if (scannedTo === undefined || scannedTo === after) return;
    after = scannedTo;
  }
};
