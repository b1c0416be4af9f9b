import { EventStoreDBClient, FORWARDS, START, type AllStreamResolvedEvent, type Position } from '@eventstore/db-client';
import type { LedgerFact } from '../check/evidence.ts';

const PAGE = 1_000;

/**
 * A ledger on EventStoreDB by a client of the checker's own: the whole log, what lies under the prefix. Where the
 * service keeps what it knows of the ledger itself (`<prefix>ledger`) lies the epoch.
 */
export const readEventStoreLedger = async (url: string, prefix: string): Promise<LedgerFact[]> => {
  const client = EventStoreDBClient.connectionString(url);
  try {
    const facts: Omit<LedgerFact, 'position'>[] = [];
    const places: bigint[] = [];
    let epoch = '';
    for (let from: Position | typeof START = START; ;) {
      const page: AllStreamResolvedEvent[] = [];
      for await (const resolved of client.readAll({ direction: FORWARDS, fromPosition: from, maxCount: PAGE }))
        page.push(resolved);
      for (const { event } of page) {
        if (!event || !event.streamId.startsWith(prefix) || event.type.startsWith('$')) continue;
        if (event.position.commit === (from === START ? undefined : from.commit)) continue; // reading on is inclusive
        const stream = event.streamId.slice(prefix.length);
        const { id, type, revision, data, metadata } = event;
        if (stream === 'ledger') epoch = (data as { epoch?: string }).epoch ?? epoch;
        else {
          facts.push({ stream, revision: Number(revision), id, type, data, metadata });
          places.push(event.position.commit);
        }
      }
      const last = page.at(-1)?.event?.position;
      if (page.length < PAGE || !last) break;
      from = last;
    }
    return facts.map((fact, index) => ({ position: `${epoch}.${String(places[index]).padStart(20, '0')}`, ...fact }));
  } finally {
    await client.dispose();
  }
};
