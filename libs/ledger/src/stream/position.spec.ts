import fc from 'fast-check';
import { ForeignPosition } from './port.ts';
import { numberOf, printPosition } from './position.ts';

describe('positions', () => {
  const numbers = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });

  it('print and read back', () =>
    fc.assert(fc.property(numbers, (number) => expect(numberOf(printPosition('e1', number), 'e1')).toBe(number))));

  it('compare as strings as their numbers do', () =>
    fc.assert(
      fc.property(numbers, numbers, (a, b) => expect(printPosition('e1', a) < printPosition('e1', b)).toBe(a < b)),
    ));

  it('look like this', () => expect(printPosition('3f9c', 42n)).toBe('3f9c.00000000000000000042'));

  it('of another epoch are told from what is none', () => {
    expect(() => numberOf('e2.00000000000000000042', 'e1')).toThrow(
      expect.objectContaining({ constructor: ForeignPosition, reason: 'other-epoch' }) as Error,
    );
    for (const text of [
      '',
      '42',
      'e1.42',
      'e1.0000000000000000004x',
      ' e1.00000000000000000042',
      'e1.00000000000000000042\n',
      'E1.00000000000000000042',
      'e1.000000000000000000042',
      'e1.09223372036854775808', // one more than any ledger can count
      'e1.99999999999999999999',
    ])
      expect(() => numberOf(text, 'e1')).toThrow(
        expect.objectContaining({ constructor: ForeignPosition, reason: 'malformed' }) as Error,
      );
  });
});
