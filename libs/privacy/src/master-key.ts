import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** The key that wraps every data key and the HMAC secret: 32 bytes, kept outside the database (MASTER_KEY_FILE). */
export class MasterKey {
  constructor(private readonly key: Buffer) {
    if (key.length !== 32) throw new Error('the master key must be 32 bytes (64 hexadecimal digits or base64)');
  }

  /** Reads the text of a key file: 64 hexadecimal digits, or base64 of 32 bytes. */
  static parse(text: string): MasterKey {
    const trimmed = text.trim();
    return new MasterKey(
      /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64'),
    );
  }

  static mint(): { key: MasterKey; text: string } {
    const key = randomBytes(32);
    return { key: new MasterKey(key), text: key.toString('hex') };
  }

  /** NOTE: a storage format: version byte 1, 12 bytes iv, ciphertext, 16 bytes tag; `purpose` is bound to it. */
  wrap(secret: Buffer, purpose: string): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(purpose));
    return Buffer.concat([Buffer.from([1]), iv, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  }

  /** Throws when this is not the key that wrapped it: an alarm, never "erased". */
  unwrap(wrapped: Buffer, purpose: string): Buffer {
    if (wrapped[0] !== 1) throw new Error('wrapped in a form that this version does not know');
    // With its length said: a shorter tag, which is guessed sooner, is refused.
    const decipher = createDecipheriv('aes-256-gcm', this.key, wrapped.subarray(1, 13), { authTagLength: 16 })
      .setAAD(Buffer.from(purpose))
      .setAuthTag(wrapped.subarray(-16));
    return Buffer.concat([decipher.update(wrapped.subarray(13, -16)), decipher.final()]);
  }
}
