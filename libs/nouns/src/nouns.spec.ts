import type { EventDescription } from '#fact/define-event';
import { nouns } from './nouns.ts';
import { REFUSALS } from './refusals.ts';
import { isOurs, nounOf, streamOfKind } from './stream-names.ts';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const definitions = nouns.flatMap(({ noun, events }) =>
  events.map((definition: EventDescription) => ({ noun, definition })),
);

describe('the nouns of the house', () => {
  it.each(nouns)('$noun: each of its facts says that it lies there', ({ noun, events }) =>
    expect(events.map((definition: EventDescription) => definition.noun)).toEqual(events.map(() => noun)),
  );

  it('have no two facts of one name', () => {
    const types = definitions.map(({ definition }) => definition.type);
    expect(types.filter((type, index) => types.indexOf(type) < index)).toEqual([]);
  });

  it('mean the same by a code that several refuse with, and all are in the one list', () => {
    for (const { refusals } of nouns) expect(REFUSALS).toMatchObject(refusals);
    const codes = nouns.flatMap(({ refusals }) => Object.keys(refusals));
    expect(Object.keys(REFUSALS).sort()).toEqual([...new Set(codes)].sort());
  });
});

describe('names of streams', () => {
  it.each(nouns)('lead back to the noun: $noun', (kind) => {
    const stream = streamOfKind(kind, ID);
    expect([isOurs(stream), nounOf(stream)?.noun]).toEqual([true, kind.noun]);
  });

  it('are a noun and an id, or the noun alone where there is one stream', () => {
    expect(nouns.map((kind) => streamOfKind(kind, ID))).toEqual([
      `complaint-${ID}`,
      `follow-up-${ID}`,
      `recurrence-${ID}`,
      'policy',
    ]);
    expect(nounOf(`follow-up-${ID}`)).toEqual({ noun: 'follow-up', id: ID });
    expect(nounOf('policy')).toEqual({ noun: 'policy', id: 'policy' });
  });

  it('are known of a noun that is set aside', () =>
    expect(nounOf(`customer-${ID}`)).toEqual({ noun: 'customer', id: ID }));

  it.each([
    'ledger',
    'complaint',
    'complaint-',
    `policy-${ID}`,
    `survey-${ID}`,
    `complaint-${ID}x`,
    `a-complaint-${ID}`,
  ])('are not ours: %s', (stream) => expect([isOurs(stream), nounOf(stream)]).toEqual([false, undefined]));
});
