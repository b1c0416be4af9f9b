import { Type } from '@sinclair/typebox';
import type { Complaint } from '#complaint/complaint';
import type { SUB_RESOURCES } from '#complaint/sub-resources';
import { holdsPersonal, nullable, Told } from '../answer-schemas.ts';
import { STAFF } from '../roles.ts';
import type { PART_MEMBERS, PartAnswer } from '../commands/parts.ts';
import type { Thing } from '../complaint-desk.ts';
import { COMPLAINT } from './complaint-answers.ts';
import { SHOWN } from './complaint-view.ts';
import { byCode, limitTo } from './parameters.ts';
import { defineQuery, sourceOf, type Opening } from './query.ts';
import { deskQueries } from './queries.ts';

/** What the compiler refuses. Each line fails the type check as soon as it no longer does. */
describe('a read', () => {
  const described = {
    operation: 'Shelf.book',
    tag: 'shelves',
    path: 'v1/shelves/:shelf',
    summary: 'A book.',
    roles: STAFF,
    parameters: { topic: byCode('A topic.'), limit: limitTo() },
    answer: Type.Object({ id: Type.String(), pages: nullable(Type.Integer()) }),
    from: sourceOf<Opening>('a shelf'),
  } as const;

  it('answers what its schema says', () => {
    defineQuery({ ...described, select: async () => ({ kind: 'found', value: { id: 'a', pages: null } }) });
    // @ts-expect-error a member is forgotten
    defineQuery({ ...described, select: async () => ({ kind: 'found', value: { id: 'a' } }) });
    // @ts-expect-error a member is of another kind
    defineQuery({ ...described, select: async () => ({ kind: 'found', value: { id: 'a', pages: 'many' } }) });
  });

  it('is asked by the names in its path and its parameters', () => {
    defineQuery({
      ...described,
      select: async (_from, asked) => {
        const all: [string, string | undefined, number] = [asked.shelf, asked.topic, asked.limit];
        // @ts-expect-error there is no such parameter
        all.push(asked.tpoic);
        // @ts-expect-error it may be absent
        all[0] = asked.topic;
        return { kind: 'found', value: { id: all[0], pages: null } };
      },
    });
  });

  it('has a door and a name of its own', () => {
    for (const name of ['path', 'operation'] as const)
      expect(new Set(deskQueries.map((query) => query[name])).size).toBe(deskQueries.length);
  });
});

describe('a complaint’s answer', () => {
  it('shows each member of the state, or says that it serves the rules alone', () => {
    const grown = <State>(shown: Readonly<Record<keyof State, keyof typeof COMPLAINT.properties | null>>) => shown;
    // What has an id is shown by its chapter, under the name of the state's member or another.
    type Named = Omit<Complaint, keyof typeof PART_MEMBERS>;
    grown<Named>(SHOWN);
    // @ts-expect-error a member of the state was forgotten
    grown<Named & { readonly sketches: readonly string[] }>(SHOWN);
    // @ts-expect-error nothing in the answer is called so
    grown<{ readonly sketches: readonly string[] }>({ sketches: 'sketches' });
    for (const member of Object.values(SHOWN))
      if (member !== null) expect(Object.keys(COMPLAINT.properties)).toContain(member);
  });
});

/** Members of the parts of the state that no schema shows. Marks say where they come from by their fact: that is not shown. */
type Undocumented<Kind extends Thing> = Kind extends Thing
  ? ReturnType<(typeof SUB_RESOURCES)[Kind]['all']> extends Iterable<infer Part>
    ? Exclude<keyof Part, keyof PartAnswer<Kind> | 'fact' | 'revision'>
    : Kind
  : never;

describe('a thing’s answer', () => {
  it('documents each member of its state', () => {
    const none: readonly never[] = [] as readonly Undocumented<Thing>[];
    expect(none).toEqual([]);
  });
});

describe('a schema', () => {
  it.each([
    [Told, true],
    [nullable(Told), true],
    [Type.Object({ a: Type.Array(Type.Object({ b: Type.Optional(Told) })) }), true],
    [COMPLAINT, true],
    [Type.Object({ a: Type.Union([Type.String(), Type.Object({ erased: Type.Boolean() })]) }), false],
  ])('%#: tells whether it holds personal texts', (schema, holds) => expect(holdsPersonal(schema)).toBe(holds));
  it('does not show it in the document', () =>
    expect(JSON.parse(JSON.stringify(Told))).toEqual({
      description: expect.any(String) as string,
      anyOf: [
        { type: 'string' },
        { type: 'object', required: ['erased'], properties: { erased: { type: 'boolean' } } },
      ],
    }));
});
