import { Type } from '@sinclair/typebox';
import { byCode, byFlag } from '#desk/queries/parameters';
import type { AnyQuery } from '#desk/queries/query';
import { InvalidCursor, readCursor } from '#desk/queries/cursor';
import { defaultPolicy } from '#policy/default-policy';
import { ForeignPosition } from '#ledger/stream/port';
import { ReadModelBehind } from './asking.ts';
import { defineList, type Lists } from './list.ts';
import { listQueries, lists } from './lists.ts';
import { readModels } from './models.ts';

const AT = '2026-03-01T09:00:00.000Z';
const ID = '0b5ac2b4-6f3c-4f0e-9df5-6a1f9a0e7a11';

/** Lists over a database that only notes what is asked of it. */
const noting = () => {
  const values: unknown[][] = [];
  const query = async (statement: string | { text: string }, given: unknown[] = []) => {
    values.push(given);
    const text = typeof statement === 'string' ? statement : statement.text;
    return { rows: text.includes('es.read_models') ? [{ schema: 'rm', position: null, parked: 0 }] : [] };
  };
  const pool = {
    query,
    connect: async () => ({ query, release: () => undefined, on: () => undefined, off: () => undefined }),
  };
  const from = {
    pool,
    store: { readAll: async () => ({ events: [], atHead: true }), epoch: async () => 'abc' },
    secrets: { referenceHmac: () => '\\x01', orderHmac: () => '\\x02' },
    clock: () => new Date('2026-03-02T09:00:00.000Z'),
    policy: async () => ({ ...defaultPolicy, version: 0 }),
  } as unknown as Lists;
  return { values, from };
};

/** What a door makes of a query string. */
const askedOf = ({ parameters }: AnyQuery, given: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([name, { read, otherwise }]) => {
      const value = given[name] === undefined ? otherwise : read(given[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );

const ask = (name: string, given: Readonly<Record<string, string>>, from: Lists) => {
  const list = listQueries.find(({ path }) => path === `v1/${name}`)!;
  return list.select(from as never, askedOf(list, given) as never, undefined as never);
};

/** NOTE: given out by the first version. They go on working, with the filters that they are bound to. */
const GIVEN_OUT = [
  [
    'complaints',
    { customer: 'C-1042', category: 'delivery-late', handler: 'anna', state: 'open', receivedFrom: AT },
    'WzEsIld5SXlNREkyTFRBekxUQXhWREE1T2pBd09qQXdMakF3TUZvaUxDSXdZalZoWXpKaU5DMDJaak5qTFRSbU1HVXRPV1JtTlMwMllURm1PV0V3WlRkaE1URWlYUSJd.aVU-5ES-ZeqQMwma',
    [AT, ID],
  ],
  [
    'follow-up-calls',
    { kind: 'after-resolution', due: AT },
    'WzEsIld5SXlNREkyTFRBekxUQXhWREE1T2pBd09qQXdMakF3TUZvaUxDSXdZalZoWXpKaU5DMDJaak5qTFRSbU1HVXRPV1JtTlMwMllURm1PV0V3WlRkaE1URWlYUSJd.--y598KOaSpm5TWj',
    [AT, ID],
  ],
  [
    'recurring-complaints',
    { level: 'product', category: 'delivery-late' },
    'WzEsIld5SXlNREkyTFRBeExUQXhWREE1T2pBd09qQXdMakF3TUZvaUxDSXlNREkyTFRBekxUQXhWREE1T2pBd09qQXdMakF3TUZvaUxEY3NJbVJsYkdsMlpYSjVMV3hoZEdVdmMyOW1ZUzh2THlKZCJd.cabEmL3ZMZLlSOk3',
    [-7, 'delivery-late/sofa///'],
  ],
  [
    'overdue',
    { by: AT, kind: 'clock' },
    'WzEsIld5SXlNREkyTFRBekxUQXhWREE1T2pBd09qQXdMakF3TUZvaUxDSXdZalZoWXpKaU5DMDJaak5qTFRSbU1HVXRPV1JtTlMwMllURm1PV0V3WlRkaE1URWlMQ0ptYVhKemRDMXlaWE53YjI1elpTSXNJakFpWFEiXQ.sae-V9l5L2N5CEvy',
    [ID, 'first-response', '0'],
  ],
] as const;

describe('a list', () => {
  it.each(GIVEN_OUT)('of %s goes on at a cursor of the first version', async (name, filters, cursor, key) => {
    const { from, values } = noting();
    await ask(name, { ...filters, cursor }, from);
    expect(values.flat()).toEqual(expect.arrayContaining([...key]));
  });

  it.each(GIVEN_OUT)('of %s refuses a cursor of other filters, or that is none', async (name, filters, cursor) => {
    const { from, values } = noting();
    for (const asked of [{ cursor }, { ...filters, cursor: `A${cursor.slice(1)}` }, { cursor: 'next' }])
      await expect(ask(name, asked, from)).rejects.toThrow(InvalidCursor);
    expect(values).toEqual([]);
  });

  it('waits until it knows the position that its reader knows, and says when it does not in time', async () => {
    const { from } = noting();
    await expect(ask('overdue', { minPosition: 'abc.00000000000000000007' }, from)).rejects.toThrow(ReadModelBehind);
    await expect(ask('overdue', { minPosition: 'xyz.00000000000000000007' }, from)).rejects.toThrow(ForeignPosition);
  });

  it('refuses filters that exclude each other', async () => {
    const { select } = defineList({
      name: 'shelves',
      operation: 'Shelf.list',
      tag: 'shelves',
      summary: 'Shelves.',
      roles: 'open',
      projection: lists[0]!.projection,
      filters: { owner: byCode('Of whom.'), owned: byFlag('Whether somebody owns it.') },
      apart: [['owned', 'owner']],
      item: Type.Object({ id: Type.String() }),
      select: async () => ({ items: [], next: null, asOf: { position: null, lagSeconds: 0, parked: 0 } }),
    });
    const ask = (filters: { owner?: string; owned?: boolean }) =>
      select(noting().from, { ...filters, limit: 5 }, undefined as never);
    expect(await ask({ owner: 'anna' })).toMatchObject({ kind: 'found' });
    expect(await ask({ owned: false })).toMatchObject({ kind: 'found' });
    expect(await ask({ owner: 'anna', owned: false })).toMatchObject({
      kind: 'refused',
      refusal: { code: 'invalid-parameter', members: { parameter: 'owned' } },
    });
  });

  it('is read from a model that the projector keeps', () => {
    expect(readModels.map(({ model }) => model).sort()).toEqual([
      'complaints',
      'follow_up_calls',
      'overdue',
      'recurring_complaints',
    ]);
    for (const { projection } of lists) expect(readModels).toContain(projection);
  });
});

/** A history's cursor holds a revision. NOTE: as above. */
it('a history’s cursor of the first version holds its revision', () =>
  expect(readCursor('history', { complaint: ID, from: 2, to: undefined }, 'WzEsNDFd.S8NgZWNrPtulcsqC')).toBe(41));
