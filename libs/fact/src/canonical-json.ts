/**
 * RFC 8785 (JSON Canonicalization Scheme): members sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * prints them. NOTE: digests are computed over this form for ever (docs/formats.md, The stored fact).
 * Throws a TypeError for what JSON cannot hold faithfully: undefined, NaN, infinities, bigint, lone surrogates.
 */
export const canonicalJson = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return canonicalText(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`; // holes too
      if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null)
        throw new TypeError('only plain objects have a canonical form');
      return canonicalObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`${typeof value} has no canonical form`);
  }
};

/** Nothing in it is escaped: most texts are codes, ids and envelopes, and looking takes a third of the time of quoting. */
const PLAIN = /^[ !#-[\]-~]*$/;

const canonicalText = (text: string): string => {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('a lone surrogate has no canonical form');
  return JSON.stringify(text);
};

/** By concatenation: every fact is put into this form when it is written. */
const canonicalObject = (value: Readonly<Record<string, unknown>>): string => {
  let text = '';
  for (const key of Object.keys(value).sort())
    text += `${text === '' ? '' : ','}${canonicalText(key)}:${canonicalJson(value[key])}`;
  return `{${text}}`;
};
