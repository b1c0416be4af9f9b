import type { IncomingMessage } from 'node:http';

/**
 * The path that was asked for, without query, also when the whole URL was sent (RFC 9112, absolute-form). Needlessly
 * escaped characters are written out (RFC 3986, 6.2.2.2): an Idempotency-Key belongs to the path, however it is spelt.
 */
export const pathOf = (request: Pick<IncomingMessage, 'url'>): string =>
  ((request.url ?? '').replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0]! || '/').replace(
    /%([0-9a-f]{2})/gi,
    (escaped, hex: string) => {
      const character = String.fromCharCode(parseInt(hex, 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : escaped.toUpperCase();
    },
  );
