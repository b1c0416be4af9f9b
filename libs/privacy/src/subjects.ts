import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { Batcher } from '#resilience/batcher';
import type { Secrets } from './secrets.ts';

/** Each takes somebody else who mints and erases the same person between two statements. */
const ATTEMPTS = 20;

/**
 * Which person a customer's reference stands for: the reference's HMAC beside a minted UUID, no plain text.
 * Erasing the person empties the HMAC; the same reference is then somebody new (docs/formats.md, Personal data).
 * Who gives no reference has a subject of their own, derived from the command, and no row here.
 */
export class Subjects {
  /** Every intake that names a customer asks: those that come at once are looked up in one statement. */
  private readonly lookUps = new Batcher((hmacs: readonly Buffer[]) => this.byHmacs(hmacs));

  constructor(
    private readonly pool: Pool,
    private readonly secrets: Secrets,
  ) {}

  /** The subject of a reference, minted when it is seen for the first time; the same for all who ask at once. */
  async subjectFor(reference: string): Promise<string> {
    const hmac = this.secrets.referenceHmac(reference);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const known = await this.lookUps.ask(hmac);
      if (known !== undefined) return known;
      const { rows } = await this.pool.query<{ subject: string }>(
        'insert into es.subjects (reference_hmac, subject) values ($1, $2) on conflict (reference_hmac) do nothing returning subject',
        [hmac, randomUUID()],
      );
      if (rows[0]) return rows[0].subject;
      // Somebody else minted it in between, or it was erased in between: look again.
    }
    throw new Error('a subject was minted and erased again and again: its reference cannot be kept');
  }

  /** The subject of a reference, when it has one. */
  async find(reference: string): Promise<string | undefined> {
    return this.lookUps.ask(this.secrets.referenceHmac(reference));
  }

  private async byHmacs(hmacs: readonly Buffer[]): Promise<(string | undefined)[]> {
    const { rows } = await this.pool.query<{ place: string; subject: string }>({
      name: 'subjects-by-hmac',
      // Joined sideways: each is one look into the index, also while the planner thinks that there are few subjects.
      text: `select place, s.subject from unnest($1::bytea[]) with ordinality as w (hmac, place)
              cross join lateral (select subject from es.subjects where reference_hmac = w.hmac limit 1) s`,
      values: [hmacs],
    });
    const found = new Map(rows.map(({ place, subject }) => [Number(place), subject]));
    return hmacs.map((_, index) => found.get(index + 1));
  }
}
