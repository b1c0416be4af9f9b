/** No token of a pointer is told longer than this: it may be whatever somebody sent. */
const LONGEST = 128;

/** A JSON pointer as a URI fragment (RFC 6901): `#/issues/0/severity`. */
export const pointerOf = (path: readonly (string | number)[]): string =>
  `#${path.map((token) => `/${encodeURIComponent(escaped(String(token).toWellFormed().slice(0, LONGEST).toWellFormed()))}`).join('')}`;

const escaped = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

/** The tokens of a JSON pointer that is no fragment: `/a~1b/0` → `a/b`, `0`. */
export const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
