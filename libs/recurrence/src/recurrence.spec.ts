import fc from 'fast-check';
import { factId, history, storiesOf } from '#fact/story';
import { defaultPolicy } from '#policy/default-policy';
import { evaluate, type EvaluateRecurrence } from './evaluate.ts';
import { recurrenceNoticed, recurrenceSubsided, type RecurrenceEvent } from './events.ts';
import { groupKey, groupOf } from './group.ts';
import { recurrenceStreams, type Recurrence } from './recurrence.ts';

const STREAM = 'recurrence-77777777-7777-4777-8777-777777777777';
const { given } = storiesOf(recurrenceStreams, STREAM);

const group = { category: 'delivery-late', department: 'logistics' };
const ids = (count: number) => Array.from({ length: count }, (_, n) => factId(n));
const seen = (count: number, through: number): EvaluateRecurrence => ({ group, count, evidence: ids(count), through });
const evaluating = (count: number, through: number) => (recurrence: Recurrence) =>
  evaluate(seen(count, through), recurrence, defaultPolicy);

const evaluation = { group, threshold: 3, window: 'P90D' };
const noticed = (count: number, through: number) =>
  recurrenceNoticed({ ...evaluation, count, through, evidence: ids(count) });
const subsided = (count: number, through: number) => recurrenceSubsided({ ...evaluation, count, through });

describe('recurrence', () => {
  it('is noticed at the threshold, with its evidence', () => {
    given().when(evaluating(2, 2)).thenNothing();
    given().when(evaluating(3, 3)).then(noticed(3, 3));
    given().when(evaluating(5, 5)).then(noticed(5, 5));
  });

  it('is noticed once while it goes on', () => given(noticed(3, 3)).when(evaluating(4, 4)).thenNothing());

  it('subsides below the threshold, once', () => {
    given(noticed(3, 3)).when(evaluating(2, 9)).then(subsided(2, 9));
    given(noticed(3, 3), subsided(2, 9)).when(evaluating(1, 10)).thenNothing();
  });

  it('is noticed again after it has subsided', () =>
    given(noticed(3, 3), subsided(2, 9)).when(evaluating(3, 10)).then(noticed(3, 10)));

  it('says nothing about what was evaluated already: who wakes late does not notice twice', () => {
    given(noticed(3, 3), subsided(2, 9)).when(evaluating(3, 9)).thenNothing();
    given(noticed(3, 3), subsided(2, 9)).when(evaluating(3, 4)).thenNothing();
    given(noticed(3, 3)).when(evaluating(2, 3)).thenNothing();
  });

  it('goes by the threshold and the window of the policy', () => {
    const strict = { ...defaultPolicy, recurrence: { window: 'P7D', threshold: 2 } };
    given()
      .when((recurrence) => evaluate(seen(2, 2), recurrence, strict))
      .then(recurrenceNoticed({ group, count: 2, threshold: 2, window: 'P7D', through: 2, evidence: ids(2) }));
  });

  it('is the same whatever is evaluated again or late, in any order behind the last one stored', () =>
    fc.assert(
      fc.property(
        fc.array(fc.nat(6), { minLength: 1, maxLength: 30 }),
        fc.infiniteStream(fc.nat()),
        (counts, random) => {
          const run = (evaluations: readonly (readonly [count: number, through: number])[]) => {
            const events: RecurrenceEvent[] = [];
            for (const [count, through] of evaluations) {
              const state = history(STREAM, events).reduce<Recurrence | undefined>(
                (older, fact) => recurrenceStreams.evolve(older, fact),
                undefined,
              );
              const decision = evaluate(seen(count, through), state, defaultPolicy);
              if (decision.kind === 'recorded') events.push(...decision.events);
            }
            return events;
          };
          const inOrder = counts.map((count, index) => [count, index + 1] as const);
          const woken = inOrder.flatMap((one, index) => [
            one,
            inOrder[index - (random.next().value % (index + 1))]!,
            one,
          ]);
          const stored = run(inOrder);
          const again = run([
            ...inOrder,
            ...inOrder.filter(([, through]) => through <= (stored.at(-1)?.data.through ?? 0)),
          ]);
          expect(again).toEqual(stored);
          expect(run(woken).length).toBeGreaterThanOrEqual(stored.length);
          stored.forEach(({ type }, index) =>
            expect(type).toBe(index % 2 === 0 ? 'RecurrenceNoticed' : 'RecurrenceSubsided'),
          );
        },
      ),
    ));
});

describe('the group of an issue', () => {
  it('is its codes', () =>
    expect(
      groupOf({
        category: 'delivery-late',
        product: 'sofa',
        touchpoint: 'delivery',
        process: { department: 'logistics', process: 'delivery', step: 'call-ahead' },
      }),
    ).toEqual({
      category: 'delivery-late',
      product: 'sofa',
      department: 'logistics',
      process: 'delivery',
      touchpoint: 'delivery',
    }));

  it('has only what is known', () => expect(groupOf({ category: 'rude' })).toEqual({ category: 'rude' }));

  it('is none while nobody named what went wrong', () =>
    expect(groupOf({ category: 'unspecified', product: 'sofa' })).toBeUndefined());

  it('has a key that no other group has', () => {
    const code = fc.constantFrom('a', 'b', 'a-b', undefined);
    const groups = fc.record({
      category: fc.constantFrom('a', 'b'),
      product: code,
      department: code,
      process: code,
      touchpoint: code,
    });
    fc.assert(
      fc.property(groups, groups, (one, other) => {
        const same = (Object.keys(one) as (keyof typeof one)[]).every((member) => one[member] === other[member]);
        expect(groupKey(one) === groupKey(other)).toBe(same);
      }),
    );
  });

  it('has a key that is for ever', () =>
    expect(groupKey({ category: 'delivery-late', department: 'logistics', touchpoint: 'delivery' })).toBe(
      'delivery-late//logistics//delivery',
    ));
});
