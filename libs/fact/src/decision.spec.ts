import { Type } from '@sinclair/typebox';
import { nothing, recorded, refused, type EventsOf, type RefusalsOf } from './decision.ts';
import { defineEvent } from './define-event.ts';

const asked = defineEvent({ type: 'Asked', noun: 'complaint', means: 'Somebody asked.', data: Type.Object({}) });
const answered = defineEvent({
  type: 'Answered',
  noun: 'complaint',
  means: 'Somebody answered.',
  data: Type.Object({}),
});

const rule = (n: number) => {
  if (n === 0) return refused('too-early');
  if (n === 1) return refused('too-late');
  if (n === 2) return nothing;
  return n === 3 ? recorded(asked({})) : recorded(asked({}), ...(n === 4 ? [] : [answered({})]));
};

describe('a rule', () => {
  // Each of these is complete and has no more than there is, or it does not compile.
  it('is known by the codes that it refuses with', () => {
    const codes = { 'too-early': 0, 'too-late': 1 } satisfies Record<RefusalsOf<typeof rule>, number>;
    for (const [code, n] of Object.entries(codes)) expect(rule(n)).toMatchObject({ refusal: { code } });
    // @ts-expect-error: no such code
    const none: RefusalsOf<typeof rule> = 'too-much';
    expect(Object.keys(codes)).not.toContain(none);
  });

  it('is known by the events that it records', () => {
    const types = { Asked: 3, Answered: 5 } satisfies Record<EventsOf<typeof rule>['type'], number>;
    for (const [type, n] of Object.entries(types))
      expect(rule(n)).toMatchObject({ kind: 'recorded', events: expect.arrayContaining([{ type, data: {} }]) });
  });
});
