import type { ClientBase, Pool } from 'pg';

/** Every subscription that has a checkpoint. */
export const subscriptions = async (pool: Pool): Promise<string[]> => {
  const { rows } = await pool.query<{ subscription: string }>('select subscription from es.checkpoints order by 1');
  return rows.map(({ subscription }) => subscription);
};

/** Those that somebody is at work on, by their leases. */
export const leasedSubscriptions = async (
  client: ClientBase,
): Promise<readonly { readonly subscription: string; readonly holder: string | null }[]> =>
  (
    await client.query<{ subscription: string; holder: string | null }>(
      `select subscription, holder from es.checkpoints
        where owner is not null and lease_until > clock_timestamp() order by 1`,
    )
  ).rows;
