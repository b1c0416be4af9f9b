import type { LedgerFact } from '../check/evidence.ts';
import type { Cluster } from '../world/cluster.ts';

/** The ledger's tables by SQL of the checker's own, in the order of positions. */
export const readPostgresLedger = async ({ query }: Pick<Cluster, 'query'>): Promise<LedgerFact[]> => {
  const rows = await query<{
    epoch: string;
    position: string;
    stream: string;
    revision: string;
    id: string;
    type: string;
    data: string;
    metadata: string;
  }>(
    `select h.epoch, e.position, e.stream, e.revision, e.id, e.type, e.data::text as data, e.metadata::text as metadata
       from es.events e cross join es.head h order by e.position`,
  );
  return rows.map(({ epoch, position, revision, data, metadata, stream, id, type }) => ({
    position: `${epoch}.${position.padStart(20, '0')}`,
    stream,
    revision: Number(revision),
    id,
    type,
    data: JSON.parse(data) as unknown,
    metadata: JSON.parse(metadata) as unknown,
  }));
};
