import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import type { Envelope } from '#fact/personal';

/** The place that an envelope is bound to: it opens nowhere else. */
export interface Place {
  /** Without the deployment's prefix. */
  readonly stream: string;
  readonly revision: number;
  /** The stored type. */
  readonly type: string;
  /** JSON pointer into the stored data. */
  readonly pointer: string;
}

/** NOTE: a storage format, for ever: AES-256-GCM, AAD = the place as a JSON array (docs/formats.md, Personal data). */
const bound = (place: Place): Buffer =>
  Buffer.from(JSON.stringify([place.stream, place.revision, place.type, place.pointer]));

const IV_BYTES = 12;
/** Random bytes that no envelope has had yet. Asking the system for twelve takes as long as asking for thousands. */
const fresh = Buffer.alloc(IV_BYTES * 256);
let used = fresh.length;

const newIv = (): Buffer => {
  if (used === fresh.length) {
    randomFillSync(fresh);
    used = 0;
  }
  return fresh.subarray(used, (used += IV_BYTES));
};

export const seal = (text: string, kid: string, key: Buffer, place: Place): Envelope => {
  const iv = newIv();
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound(place));
  const ct = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { $enc: 1, key: kid, iv: iv.toString('base64url'), ct: ct.toString('base64url') };
};

/** Throws when the key, the place or the bytes are not the ones that were sealed. */
export const unseal = (envelope: Envelope, key: Buffer, place: Place): string => {
  const sealed = Buffer.from(envelope.ct, 'base64url');
  // With its length said: a shorter tag, which is guessed sooner, is refused.
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(envelope.iv, 'base64url'), { authTagLength: 16 })
    .setAAD(bound(place))
    .setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString('utf8');
};
