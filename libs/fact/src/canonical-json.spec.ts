import fc from 'fast-check';
// By its path: the package has no entry for `require`, which is how jest loads it.
import canonicalize from '../../../node_modules/canonicalize/lib/canonicalize.js';
import { canonicalJson } from './canonical-json.ts';

describe('canonical JSON', () => {
  it('is RFC 8785 for any JSON', () => {
    const value = fc
      .jsonValue({ stringUnit: 'binary' })
      .filter((json) => JSON.stringify(json).isWellFormed() && !/\\ud[89a-f]/.test(JSON.stringify(json)));
    fc.assert(
      fc.property(value, (json) => expect(canonicalJson(json)).toBe(canonicalize(json))),
      { numRuns: 1_000 },
    );
  });

  it('does not depend on the order in which members were written', () => {
    const shuffled = fc
      .dictionary(fc.string(), fc.jsonValue())
      .chain((object) =>
        fc.tuple(
          fc.constant(object),
          fc.shuffledSubarray(Object.keys(object), { minLength: Object.keys(object).length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([object, order]) =>
        expect(canonicalJson(Object.fromEntries(order.map((key) => [key, object[key]])))).toBe(canonicalJson(object)),
      ),
    );
  });

  it("gives the form of the RFC's own example", () => {
    const example = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\/',
      literals: [null, true, false],
    };
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts names by UTF-16 code units, as the RFC does, not by code points', () => {
    expect(
      canonicalJson({ '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }),
    ).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('prints minus zero as zero', () => expect(canonicalJson([-0, 0])).toBe('[0,0]'));

  it.each([
    ['undefined', undefined],
    ['a hole', [, 1]],
    ['a member that is undefined', { a: undefined }],
    ['NaN', Number.NaN],
    ['infinity', [Infinity]],
    ['a bigint', 1n],
    ['a lone surrogate', '\ud800'],
    ['a lone surrogate in a name', { '\udc00': 1 }],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
  ])('has none for %s', (_case, value) => expect(() => canonicalJson(value)).toThrow(TypeError));
});
