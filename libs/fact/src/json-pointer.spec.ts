import { pointerOf, tokensOf } from './json-pointer.ts';

describe('a JSON pointer', () => {
  it('is written as RFC 6901 says, as a fragment, with long and broken names cut', () => {
    expect(pointerOf([])).toBe('#');
    expect(pointerOf(['issues', 0, 'a b/~'])).toBe('#/issues/0/a%20b~1~0');
    expect(pointerOf(['x'.repeat(1000)])).toHaveLength(130);
    expect(pointerOf(['x'.repeat(127) + '😀'])).not.toContain('undefined');
  });

  it('is read as it is written, where it is no fragment', () => {
    expect(tokensOf('')).toEqual([]);
    expect(tokensOf('/a~1b/0/~01')).toEqual(['a/b', '0', '~1']);
  });
});
