import fc from 'fast-check';
import { InMemoryReferences } from './in-memory-references.ts';
import { referencesContract } from './reference.contract.ts';
import {
  numberOfReference,
  printedReference,
  readReference,
  referenceOf,
  REFERENCES,
  SHORT_REFERENCES,
} from './reference.ts';

referencesContract('in memory', () => new InMemoryReferences());

const numbers = fc.oneof(
  fc.integer({ min: 0, max: SHORT_REFERENCES - 1 }),
  fc.maxSafeInteger().map((n) => SHORT_REFERENCES + (Math.abs(n) % (REFERENCES - SHORT_REFERENCES))),
);
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('a reference', () => {
  it('gives its number back, so that no two numbers share one', () =>
    fc.assert(fc.property(numbers, (number) => expect(numberOfReference(referenceOf(number))).toBe(number))));

  it('is the same for ever (golden samples)', () =>
    expect([0, 1, 2, SHORT_REFERENCES - 1, SHORT_REFERENCES, REFERENCES - 1].map(referenceOf)).toEqual(GOLDEN));

  it('has six characters and a check character, and eight when they run out', () => {
    expect(referenceOf(0)).toHaveLength(7);
    expect(referenceOf(SHORT_REFERENCES - 1)).toHaveLength(7);
    expect(referenceOf(SHORT_REFERENCES)).toHaveLength(9);
    expect(() => referenceOf(REFERENCES)).toThrow('no reference is left');
  });

  it('differs from its neighbour in most characters', () => {
    const alike = Array.from({ length: 1000 }, (_, n) => {
      const [one, other] = [referenceOf(n), referenceOf(n + 1)];
      return [...one].filter((character, index) => character === other[index]).length;
    });
    expect(alike.filter((same) => same >= 4).length).toBeLessThan(5);
  });

  it('shows every single wrong character', () =>
    fc.assert(
      fc.property(numbers, fc.nat(8), fc.nat(30), (number, place, step) => {
        const reference = referenceOf(number);
        const at = place % reference.length;
        const wrong = ALPHABET[(ALPHABET.indexOf(reference[at]!) + 1 + step) % 32]!;
        expect(numberOfReference(reference.slice(0, at) + wrong + reference.slice(at + 1))).toBeUndefined();
      }),
    ));

  it('shows every swap of neighbours', () =>
    fc.assert(
      fc.property(numbers, fc.nat(7), (number, place) => {
        const reference = referenceOf(number);
        const at = place % (reference.length - 1);
        const [one, other] = [reference[at]!, reference[at + 1]!];
        fc.pre(one !== other);
        expect(numberOfReference(reference.slice(0, at) + other + one + reference.slice(at + 2))).toBeUndefined();
      }),
    ));

  it('is read whatever its case, spaces and hyphens, with I and L for 1 and O for 0', () =>
    fc.assert(
      fc.property(numbers, fc.constantFrom('I', 'l', 'L', 'i'), fc.constantFrom('o', 'O'), (number, one, zero) => {
        const reference = referenceOf(number);
        const written = ` ${printedReference(reference).toLowerCase().replaceAll('1', one).replaceAll('0', zero).replace('-', ' ')} `;
        expect(readReference(written)).toEqual({ kind: 'reference', reference });
      }),
    ));

  it('is told from what is none at all', () => {
    const reference = referenceOf(5);
    const wrong = reference.slice(0, 6) + (reference[6] === 'A' ? 'B' : 'A');
    expect(readReference(wrong)).toEqual({ kind: 'mistyped' });
    expect(readReference(reference.slice(0, 6))).toEqual({ kind: 'mistyped' });
    for (const none of ['unknown', 'x', '', '🙂🙂🙂🙂🙂🙂🙂', 'a'.repeat(300), '00000000-0000-7000-8000-000000000000'])
      expect(readReference(none)).toEqual({ kind: 'none' });
  });
});

const GOLDEN = ['90DXW82', 'CPZ1ZSS', 'MTEDRYB', 'WWX3VA9', 'VYV0GE3GH', '8XE694RQ7'];
