import type { Pool } from 'pg';

/** The ledger belongs to another organisation: its slug stands in everything that was published. */
export class OtherOrganisation extends Error {
  override readonly name = 'OtherOrganisation';
}

/** Fixes the organisation at the very first start; refuses another one at every later start (formats.md, Published). */
export const keepOrganisation = async (pool: Pool, organisation: string): Promise<void> => {
  await pool.query('update es.head set organisation = $1 where organisation is null', [organisation]);
  const { rows } = await pool.query<{ organisation: string }>('select organisation from es.head');
  if (rows[0]?.organisation !== organisation)
    throw new OtherOrganisation(
      `ORGANISATION is ${organisation}, and this ledger belongs to ${rows[0]?.organisation}: the slug stands in everything published and cannot change.`,
    );
};
