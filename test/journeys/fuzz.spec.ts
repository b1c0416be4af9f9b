import fc from 'fast-check';
import { startService, type Service } from '../support/service.ts';

/**
 * Seeded malice at every door: good bodies with one or two places spoilt, at any depth. Whatever it is, the answer is a
 * success or a problem that the OpenAPI document describes (the client holds it to that), never the service's fault;
 * a refusal leaves the ledger as it was; and what was taken can be read.
 */

/** JSON as text: what JSON.stringify would never write can be said too. */
type Text = { readonly json: string };
type Node = null | boolean | number | string | Text | readonly Node[] | { readonly [name: string]: Node };
const json = (text: string): Text => ({ json: text });
const isText = (node: Node): node is Text => typeof node === 'object' && node !== null && 'json' in node;
const isObject = (node: Node): node is Readonly<Record<string, Node>> =>
  typeof node === 'object' && node !== null && !Array.isArray(node) && !isText(node);

const written = (node: Node): string => {
  if (isText(node)) return node.json;
  if (Array.isArray(node)) return `[${node.map(written).join(',')}]`;
  if (!isObject(node)) return JSON.stringify(node);
  return `{${Object.entries(node)
    // A name may stand in an object several times: `name#2` is written as `name`.
    .map(
      ([name, value]) =>
        `${name.startsWith('\\') ? `"${name}"` : JSON.stringify(name.replace(/#2$/, ''))}:${written(value)}`,
    )
    .join(',')}}`;
};

const MALICE: readonly Node[] = [
  ...[
    null,
    true,
    -1,
    1.5,
    '',
    ' ',
    '\u200b',
    '\ufeff',
    'a\u0000b',
    '\u202eevil',
    'аnna',
    'ﬀ',
    '💥',
    'phone\n',
    'PHONE',
  ],
  ...['1e400', '-0', '1.0', '9007199254740992', '"\\ud800"', '"\\udc00a"', '{"__proto__":{}}', '{"a":1,"a":2}'].map(
    json,
  ),
  ...['{"$enc":1,"key":"x","iv":"x","ct":"x"}', '{"toJSON":1}', '{"then":1}', '[[[[]]]]', '{"":{"":1}}'].map(json),
  ...['2026-02-30', '2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z', '2016-12-31T23:59:60Z', '0000-01-01'],
  ...['9999-12-31T23:59:59-23:59', '+010000-01-01T00:00:00Z', '2026-01-01T00:00:00', '2030-01-01T00:00:00.1234567Z'],
  ...['P99999999Y', 'P999999Y999999M', 'P', 'PT', '-P1D', 'P1.5D', '__proto__', 'constructor', 'toString'],
  ...['FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF', '00000000-0000-4000-8000-000000000000', 'x'.repeat(70_000)],
  ...[json(`${'['.repeat(40)}${']'.repeat(40)}`), json(`[${'1,'.repeat(12_000)}1]`), [], {}, [null], [{}], ['a', 'a']],
];
const NAMES = [
  '__proto__',
  'constructor',
  'id',
  'effectiveAt',
  'override',
  'a b/~%',
  '\\u0000',
  '\\ud800',
  'x'.repeat(500),
];

type Spoil = (place: Node) => Node;
const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(...MALICE).map(
      (malice): Spoil =>
        () =>
          malice,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...MALICE)).map(
      ([name, malice]): Spoil =>
        (place) =>
          isObject(place) ? Object.fromEntries([...Object.entries(place), [`${name}`, malice]]) : malice,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...MALICE).map(
      (malice): Spoil =>
        (place) =>
          isObject(place) ? { ...place, [`${Object.keys(place)[0] ?? 'a'}#2`]: malice } : malice,
    ),
  },
);

/** Spoils one place, `at` 0…1 of all there are. */
const spoilt = (node: Node, at: number, spoil: Spoil): Node => {
  const places = placesIn(node);
  return changed(node, places[Math.min(places.length - 1, Math.floor(at * places.length))]!, spoil);
};
const placesIn = (node: Node, path: readonly string[] = []): (readonly string[])[] => [
  path,
  ...(isObject(node) || Array.isArray(node)
    ? Object.entries(node).flatMap(([name, value]) => placesIn(value as Node, [...path, name]))
    : []),
];
const changed = (node: Node, [name, ...rest]: readonly string[], spoil: Spoil): Node => {
  if (name === undefined) return spoil(node);
  if (Array.isArray(node)) return node.map((one: Node, at) => (String(at) === name ? changed(one, rest, spoil) : one));
  const members = node as Readonly<Record<string, Node>>;
  return { ...members, [name]: changed(members[name]!, rest, spoil) };
};

describe('seeded malice', () => {
  let service: Service;
  let complaint: string;
  let doors: (readonly [string, Node])[];
  beforeAll(async () => {
    service = await startService({ followers: false });
    const issue = {
      category: 'delivery-late',
      severity: 'costly',
      product: 'sofa',
      touchpoint: 'delivery',
      process: { department: 'logistics', process: 'delivery', step: 'call-ahead' },
      claimed: { amount: 1, currency: 'RUB' },
      waited: 'P3D',
      repeat: true,
    };
    const intake = {
      channel: 'phone',
      words: 'It came late.',
      summary: 'Late.',
      language: 'en',
      desiredOutcomes: ['explanation'],
      customer: { reference: 'C-1', name: 'Ada', phone: '1', email: 'a@b', since: '2019-04-01', type: 'claimant' },
      representative: { name: 'Charles', mandate: 'By letter.', mandateUntil: '2030-01-01' },
      purchase: { order: 'A-77', product: 'sofa', value: { amount: 1, currency: 'RUB' } },
      issues: [issue],
      origin: { system: 'cfpb', id: '1', migrated: false },
      effectiveAt: '2026-01-01T00:00:00Z',
    };
    const { client } = service;
    const received = (await client.post('/v1/complaints', intake)).body;
    complaint = `/v1/complaints/${received.id}`;
    const made = async (door: string, body: object) =>
      (await client.post(`${complaint}/${door}`, body)).body.id as string;
    await client.post(`${complaint}/thanks`, { why: 'So.' });
    const of = received.issues[0].id as string;
    const request = await made('information-requests', { ask: 'A photo?', topic: 'photo' });
    const promise = await made('promises', { what: 'update', due: '2999-01-01T00:00:00Z' });
    const cause = await made('causes', { issue: of, state: 'hypothesis', process: issue.process });
    const compensation = await made('compensations', { issue: of, item: 'free-delivery' });
    const call = (await client.post(`${complaint}/resolutions`, { text: 'Done.' })).body.followUp as string;
    const value = { amount: 1, currency: 'EUR' };
    doors = [
      ['/v1/complaints', intake],
      ...(
        [
          ['acknowledgements', { channel: 'sms' }],
          ['apologies', { form: 'written', words: 'Sorry.', override: { reason: 'So.' } }],
          ['responsibility', { words: 'Ours.' }],
          ['information', { request, text: 'Here.' }],
          ['messages', { direction: 'out', channel: 'email', text: 'Hello.' }],
          ['promises', { what: 'fix', due: '2999-01-01T00:00:00Z' }],
          [`promises/${promise}/fulfilments`, {}],
          ['issues', issue],
          ['reclassifications', { issue: of, severity: 'grave', process: issue.process, reason: 'So.' }],
          ['assessments', { issue: of, repairable: true }],
          ['causes', { issue: of, state: 'confirmed', confirms: cause, process: issue.process, text: 'So.' }],
          ['explanations', { waived: true, reason: 'So.' }],
          ['corrections', { issue: of, what: 'Mended.', inPresence: true }],
          ['compensations', { issue: of, item: 'free-delivery', value }],
          [`compensations/${compensation}/deliveries`, { proof: 'Parcel.' }],
          ['answers', { answer: 'partly' }],
          ['assignments', { handler: 'anna' }],
          ['contacts', { name: 'Ada', phone: '1', email: 'a@b' }],
          [
            'rectifications',
            {
              fact: received.facts[0].id,
              data: { words: 'Late.', customer: { name: 'Ada' }, purchase: { value }, issues: [{ ...issue, id: of }] },
              reason: 'So.',
            },
          ],
        ] satisfies [string, Node][]
      ).map(([door, body]): readonly [string, Node] => [`${complaint}/${door}`, body]),
      [`/v1/follow-up-calls/${call}/attempts`, { result: 'busy' }],
      [`/v1/follow-up-calls/${call}/outcomes`, { solution: 5, attitude: 4, told: 'So.', comment: 'Good.' }],
      [`/v1/follow-up-calls/${call}/reschedulings`, { due: '2999-01-01T00:00:00Z' }],
    ];
  }, 60_000);
  afterAll(() => service.close(), 60_000);

  it('meets no fault, changes nothing when it is refused, and can be read when it was taken', async () => {
    const seen = { taken: 0, refused: 0 };
    const where = fc.noBias(fc.nat(9999)).map((part) => part / 10_000);
    await fc.assert(
      fc.asyncProperty(where, fc.array(fc.tuple(where, spoils), { minLength: 1, maxLength: 2 }), async (at, wrongs) => {
        const [path, good] = doors[Math.min(doors.length - 1, Math.floor(at * doors.length))]!;
        const body = written(wrongs.reduce((node: Node, [place, spoil]) => spoilt(node, place, spoil), good));
        const before = await service.parts.store.head();
        const { status, body: answer } = await service.client.send('POST', path, body, { as: 'ada; role=manager' });
        expect(status).toBeLessThan(500);
        if (status >= 400) {
          seen.refused++;
          expect(await service.parts.store.head()).toBe(before);
          return;
        }
        seen.taken++;
        const read = path === '/v1/complaints' ? `${path}/${answer.id}` : complaint;
        expect((await service.client.get(read)).status).toBe(200);
      }),
      { seed: 20260301, numRuns: 400 },
    );
    // Otherwise the bodies were all bad or all good, and nothing was proved.
    expect(seen.taken).toBeGreaterThan(20);
    expect(seen.refused).toBeGreaterThan(200);
    for (const path of [`${complaint}/history`, `${complaint}/next-steps`, '/v1/events?limit=1000'])
      expect((await service.client.get(path)).status).toBe(200);
  }, 120_000);
});
