/**
 * The complaint's reference: what a customer reads out on the phone. Six Crockford base-32 characters made of a counter,
 * permuted so that neighbours differ, and a check character; eight when six run out.
 * NOTE: every step here is for ever: references lie in facts and on paper, and numbers are got back from them.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** How many numbers six characters hold; what comes after them gets eight. */
export const SHORT_REFERENCES = 2 ** 30;
/** How many numbers there are at all. */
export const REFERENCES = SHORT_REFERENCES + 2 ** 40;

/** The reference of a number, as facts store it: `R7K4M29`. */
export const referenceOf = (number: number): string => {
  if (!Number.isSafeInteger(number) || number < 0 || number >= REFERENCES) throw new RangeError('no reference is left');
  const symbols =
    number < SHORT_REFERENCES
      ? symbolsOf(permuted(number, 15), 6)
      : symbolsOf(permuted(number - SHORT_REFERENCES, 20), 8);
  return [...symbols, checkOf(symbols)].map((symbol) => ALPHABET[symbol]).join('');
};

/** The number of a reference as facts store it; undefined when it is none. */
export const numberOfReference = (reference: string): number | undefined => {
  const symbols = [...reference].map((character) => ALPHABET.indexOf(character));
  if (symbols.includes(-1) || (symbols.length !== 7 && symbols.length !== 9) || checkOf(symbols) !== 0)
    return undefined;
  const value = symbols.slice(0, -1).reduce((sum, symbol) => sum * 32 + symbol, 0);
  return symbols.length === 7 ? unpermuted(value, 15) : SHORT_REFERENCES + unpermuted(value, 20);
};

/** As it is printed: `R7K-4M2-9`. */
export const printedReference = (reference: string): string => {
  const groups = reference.length === 7 ? [3, 6] : [4, 8];
  return `${reference.slice(0, groups[0])}-${reference.slice(groups[0], groups[1])}-${reference.slice(groups[1])}`;
};

/**
 * A reference as a person wrote it: case, spaces and hyphens do not matter, I and L are 1, O is 0.
 * `mistyped`: it looks like one, and its check character says that something is wrong.
 */
export const readReference = (
  written: string,
): { kind: 'reference'; reference: string } | { kind: 'mistyped' } | { kind: 'none' } => {
  if (written.length > 40) return { kind: 'none' };
  const plain = written
    .toUpperCase()
    .replace(/[\s\-\u2010-\u2015]/g, '')
    .replace(/[IL]/g, '1')
    .replaceAll('O', '0');
  if (numberOfReference(plain) !== undefined) return { kind: 'reference', reference: plain };
  if (!/^[0-9A-HJKMNP-TV-Z]{6,10}$/.test(plain)) return { kind: 'none' };
  // One character too many or too few: only what has digits or hyphens was meant as a reference.
  return plain.length === 7 || plain.length === 9 || /[\d-]/.test(written) ? { kind: 'mistyped' } : { kind: 'none' };
};

const symbolsOf = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => Math.floor(value / 32 ** (count - 1 - index)) % 32);

/**
 * Damm's algorithm over the field of 32 elements (x⁵ + x² + 1): it catches every single wrong character and every swap of
 * neighbours. Over symbols that end in their check character it is 0.
 */
const checkOf = (symbols: readonly number[]): number =>
  symbols.reduce((interim, symbol) => doubled(interim ^ symbol), 0);

const doubled = (element: number): number => ((element << 1) ^ (element & 16 ? 0b100101 : 0)) & 31;

/** A bijection of 2 × `bits` bits: four rounds of a Feistel network. No secret: it only keeps neighbours apart. */
const permuted = (value: number, bits: number): number => {
  let [left, right] = [Math.floor(value / 2 ** bits), value % 2 ** bits];
  for (const key of ROUNDS) [left, right] = [right, left ^ mixed(right, key, bits)];
  return left * 2 ** bits + right;
};

const unpermuted = (value: number, bits: number): number => {
  let [left, right] = [Math.floor(value / 2 ** bits), value % 2 ** bits];
  for (const key of [...ROUNDS].reverse()) [left, right] = [right ^ mixed(left, key, bits), left];
  return left * 2 ** bits + right;
};

const ROUNDS = [0x3c6ef372, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19] as const;

const mixed = (half: number, key: number, bits: number): number => {
  const once = Math.imul(half ^ key, 0x9e3779b1);
  return (Math.imul(once ^ (once >>> 15), 0x85ebca6b) >>> 12) & (2 ** bits - 1);
};
