import { createHmac, hash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalJson } from '#fact/canonical-json';
import { isUuid } from '#fact/uuid';
import type { MasterKey } from './master-key.ts';
import { keepSecret } from './kept-secret.ts';

/**
 * NOTE: every form in this file is for ever (docs/formats.md, Ids and idempotency). Command ids lie in facts, digests beside
 * them, search HMACs in tables that a rebuild must reproduce; golden vectors stand in secrets.spec.ts.
 *
 * A MAC is HMAC-SHA-256 over the UTF-8 bytes of a JSON array `["redress", use, 1, …parts]`: the array keeps parts
 * apart ("a","bc" is not "ab","c"), the use keeps domains apart, the 1 is the form's version.
 */
const framed = (use: string, parts: readonly string[]): string => JSON.stringify(['redress', use, 1, ...parts]);

/** In hexadecimal digits. */
const mac = (secret: Buffer, use: string, parts: readonly string[]): string =>
  createHmac('sha256', secret).update(framed(use, parts), 'utf8').digest('hex');

/** The first 32 hexadecimal digits as a UUID of version 8, "made by its own rules" (RFC 9562). */
const uuidOf = (hex: string): string => {
  const variant = '89ab'[parseInt(hex[16]!, 16) & 3]!;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** What makes two requests the same command. */
export interface Keyed {
  readonly organisation: string;
  /** The actor's id. */
  readonly caller: string;
  readonly method: string;
  /** The request's path, without the query. */
  readonly path: string;
  /** The value of `Idempotency-Key`. */
  readonly key: string;
}

/** The command id of a request with an Idempotency-Key. */
export const commandIdOf = (secret: Buffer, { organisation, caller, method, path, key }: Keyed): string =>
  uuidOf(mac(secret, 'command-id', [organisation, caller, method.toUpperCase(), path, key]));

/** `hmac-sha256:` + hex over the JCS form of the parsed body, before defaults; no body is not the same as `null`. */
export const requestDigestOf = (secret: Buffer, body?: unknown): string =>
  `hmac-sha256:${mac(secret, 'request-digest', body === undefined ? [] : [canonicalJson(body)])}`;

/** By which a customer's reference is found, without being kept: 32 bytes. */
export const referenceHmacOf = (secret: Buffer, reference: string): Buffer =>
  Buffer.from(mac(secret, 'customer-reference', [reference]), 'hex');

/** By which an order is found: 32 bytes. */
export const orderHmacOf = (secret: Buffer, order: string): Buffer => Buffer.from(mac(secret, 'order', [order]), 'hex');

/**
 * An id that follows from its cause: the same cause and rule give the same id, in every process and on every ledger.
 * Not keyed: there is nothing to guess in a random cause. `cause` is a command's, fact's, timer's or resolution's id.
 */
export const derivedId = (cause: string, rule: string): string => {
  if (!isUuid(cause)) throw new TypeError('an id is derived from a lower-case UUID');
  return uuidOf(hash('sha256', framed('derived-id', [cause, rule])));
};

/** The ledger's one HMAC secret and its uses. Made at first start, wrapped by the master key, never changed. */
export class Secrets {
  constructor(private readonly secret: Buffer) {
    if (secret.length !== 32) throw new Error('the HMAC secret must be 32 bytes');
  }

  /** The stored secret, or a new one; processes that start at once get the same. Throws WrongMasterKey. */
  static async open(pool: Pool, master: MasterKey): Promise<Secrets> {
    return new Secrets(await keepSecret(pool, master, 'hmac', randomBytes(32)));
  }

  commandId(keyed: Keyed): string {
    return commandIdOf(this.secret, keyed);
  }

  requestDigest(body?: unknown): string {
    return requestDigestOf(this.secret, body);
  }

  referenceHmac(reference: string): Buffer {
    return referenceHmacOf(this.secret, reference);
  }

  orderHmac(order: string): Buffer {
    return orderHmacOf(this.secret, order);
  }
}
