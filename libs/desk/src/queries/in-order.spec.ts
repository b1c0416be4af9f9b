import { Type } from '@sinclair/typebox';
import { personal } from '#fact/vocabulary';
import { inOrder } from './in-order.ts';

const schema = Type.Object({
  id: Type.String(),
  words: personal(),
  parts: Type.Array(Type.Object({ name: Type.String(), place: Type.Optional(Type.String()) })),
});

describe('members in the order of their definition', () => {
  it('at any depth, with nothing lost and nothing added', () => {
    const words = { $enc: 1, ct: 'c', iv: 'i', key: 'k' };
    const value = { extra: 1, parts: [{ place: 'p', name: 'n' }, { name: 'm' }], words, id: 'x' };
    const ordered = inOrder(schema, value as never);
    expect(ordered).toEqual(value);
    expect(JSON.stringify(ordered)).toBe(
      '{"id":"x","words":{"$enc":1,"ct":"c","iv":"i","key":"k"},"parts":[{"name":"n","place":"p"},{"name":"m"}],"extra":1}',
    );
  });

  it('and what is of another kind than defined is left as it is', () => {
    expect(inOrder(schema, { parts: { a: 1 }, id: null } as never)).toEqual({ id: null, parts: { a: 1 } });
  });
});
