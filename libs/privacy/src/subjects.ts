import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Secrets } from './secrets.ts';

/**
 * Which person a customer's reference stands for: the reference's HMAC beside a minted UUID, no plain text.
 * Erasing the person empties the HMAC; the same reference is then somebody new (formats.md, Personal data).
 * Who gives no reference has a subject of their own, derived from the command, and no row here.
 */
export class Subjects {
  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
  ) {}

  /** The subject of a reference, minted when it is seen for the first time; the same for all who ask at once. */
  async subjectFor(reference: string): Promise<string> {
    const hmac = this.secrets.referenceHmac(reference);
    for (;;) {
      const known = await this.byHmac(hmac);
      if (known !== undefined) return known;
      const { rows } = await this.pool.query<{ subject: string }>(
        'insert into es.subjects (reference_hmac, subject) values ($1, $2) on conflict (reference_hmac) do nothing returning subject',
        [hmac, randomUUID()],
      );
      if (rows[0]) return rows[0].subject;
      // Somebody else minted it in between, or it was erased in between: look again.
    }
  }

  /** The subject of a reference, when it has one. */
  async find(reference: string): Promise<string | undefined> {
    return this.byHmac(this.secrets.referenceHmac(reference));
  }

  private async byHmac(hmac: Buffer): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ subject: string }>({
      name: 'subject-by-hmac',
      text: 'select subject from es.subjects where reference_hmac = $1',
      values: [hmac],
    });
    return rows[0]?.subject;
  }
}
