import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { mintEpoch, OtherOrganisation, type LedgerIdentity } from '../../stream/ledger-identity.ts';

/** Whether a program of ours was ever started on the database. */
export const isMigrated = async (pool: Pool): Promise<boolean> =>
  (await pool.query<{ ours: boolean }>(`select to_regclass('es.head') is not null as ours`)).rows[0]!.ours;

/** The identity of a ledger on PostgreSQL: it lies beside the head, `es.head`. */
export class PostgresLedgerIdentity implements LedgerIdentity {
  constructor(private readonly pool: Pool) {}

  async epoch(): Promise<string> {
    const { rows } = await this.pool.query<{ epoch: string }>('select epoch from es.head');
    return rows[0]!.epoch;
  }

  async keepOrganisation(slug: string): Promise<void> {
    await this.pool.query('update es.head set organisation = $1 where organisation is null', [slug]);
    const { rows } = await this.pool.query<{ organisation: string }>('select organisation from es.head');
    const kept = rows[0]!.organisation;
    if (kept !== slug) throw new OtherOrganisation(slug, kept);
  }

  /** Only the schema's owner may: the programs' role has no right to change the epoch. */
  async renewEpoch(): Promise<string> {
    const { rows } = await this.pool.query<{ epoch: string }>('update es.head set epoch = $1 returning epoch', [
      mintEpoch(randomUUID()),
    ]);
    return rows[0]!.epoch;
  }
}
