import type { Pool, PoolClient } from 'pg';
import { complaintReceived } from '#complaint/intake/events';
import type { EventStore, Position } from '#ledger/stream/port';
import { Batcher } from '#resilience/batcher';
import { numberOfReference, referenceOf } from './reference.ts';

/** Which complaint a reference stands for. Looking up is fresh: the row is written before the fact. */
export interface References {
  /** The complaint's reference, counted when it is asked for the first time; the same for all who ask at once. */
  assign(complaint: string): Promise<string>;
  /** Whether it was counted for this complaint. False: no fact of the complaint is stored, for the row is written before. */
  isKnown(complaint: string): Promise<boolean>;
  /** The complaint's id. The reference is in the form that facts store. */
  find(reference: string): Promise<string | undefined>;
}

/** The number that is given next. */
const NEXT = '(select last_value + is_called::int from desk.reference_numbers)';

/** The number that is given next, decimal: what a backup and a copy take along. */
export const nextReference = async (tx: PoolClient): Promise<string> =>
  (await tx.query<{ next: string }>(`select ${NEXT} as next`)).rows[0]!.next;

/** Numbers go on from there, whatever was given here before: a place that was filled with another's references. */
export const countReferencesFrom = async (tx: PoolClient, next: string): Promise<void> => {
  await tx.query(`select setval('desk.reference_numbers', $1, false)`, [next]);
};

/** Numbers and complaints, both unique for ever, in PostgreSQL whatever store keeps the facts. */
export class PostgresReferences implements References {
  /** Intakes that come at once are counted in one statement, and wait for one commit. */
  private readonly counting = new Batcher((complaints: readonly string[]) => this.count(complaints));
  private readonly knowing = new Batcher((complaints: readonly string[]) => this.areKnown(complaints));

  constructor(private readonly pool: Pool) {}

  async assign(complaint: string): Promise<string> {
    return referenceOf((await this.counting.ask(complaint)) ?? (await this.numberOf(complaint))!);
  }

  isKnown(complaint: string): Promise<boolean> {
    return this.knowing.ask(complaint);
  }

  async find(reference: string): Promise<string | undefined> {
    const number = numberOfReference(reference);
    if (number === undefined) return undefined;
    const { rows } = await this.pool.query<{ complaint: string }>(
      'select complaint from desk.complaint_references where number = $1',
      [number],
    );
    return rows[0]?.complaint;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.pool.query('select from desk.complaint_references limit 1')).rowCount === 0;
  }

  /**
   * Puts back what the ledger knows and this table does not (an empty table beside an old ledger), and lets the counter
   * go on behind it. Existing rows stay. Answers how many rows were added.
   */
  async refill(store: EventStore): Promise<number> {
    let added = 0;
    for (let after: Position | undefined, atHead = false; !atHead;) {
      const page = await store.readAll({
        ...(after !== undefined && { after }),
        maxCount: 1000,
        filter: { types: [complaintReceived.type] },
      });
      const known = page.events.map((event) => ({
        number: numberOfReference(event.data['reference'] as string),
        complaint: event.stream.slice('complaint-'.length),
      }));
      const { rowCount } = await this.pool.query(
        `insert into desk.complaint_references (number, complaint)
         select * from unnest($1::bigint[], $2::uuid[]) on conflict do nothing`,
        [known.map((one) => one.number), known.map((one) => one.complaint)],
      );
      added += rowCount ?? 0;
      after = page.scannedTo ?? after;
      atHead = page.atHead;
    }
    await this.countFrom('(select coalesce(max(number), -1) + 1 from desk.complaint_references)');
    return added;
  }

  /** The number that is given next, behind all that are known here. */
  async nextNumber(): Promise<number> {
    const { rows } = await this.pool.query<{ next: string }>(
      `select greatest(coalesce(max(number), -1) + 1, ${NEXT}) as next from desk.complaint_references`,
    );
    return Number(rows[0]!.next);
  }

  /** After a restore, behind what was given since (references-after-restore.ts). */
  async goOnFrom(number: number): Promise<void> {
    await this.countFrom(`${number}::bigint`);
  }

  /** Never back: a number that was given is not given again. */
  private async countFrom(next: string): Promise<void> {
    await this.pool.query(`select setval('desk.reference_numbers', greatest(${next}, ${NEXT}), false)`);
  }

  /** Each complaint's number, counted for those that have none; undefined: somebody else counted it at the same moment. */
  private async count(complaints: readonly string[]): Promise<(number | undefined)[]> {
    const { rows } = await this.pool.query<{ number: string; complaint: string }>({
      name: 'count-references',
      text: `with known as (
               select k.number, k.complaint from unnest($1::uuid[]) as a (complaint)
                cross join lateral (select number, complaint from desk.complaint_references where complaint = a.complaint limit 1) k
             ), counted as (
               insert into desk.complaint_references (number, complaint)
               select nextval('desk.reference_numbers'), a.complaint from (select distinct unnest($1::uuid[]) as complaint) a
                where not exists (select from known where known.complaint = a.complaint)
               on conflict (complaint) do nothing returning number, complaint
             ) select * from known union all select * from counted`,
      values: [complaints],
    });
    const numbers = new Map(rows.map(({ number, complaint }) => [complaint, Number(number)]));
    return complaints.map((complaint) => numbers.get(complaint));
  }

  private async areKnown(complaints: readonly string[]): Promise<boolean[]> {
    const { rows } = await this.pool.query<{ complaint: string }>({
      name: 'known-references',
      text: `select k.complaint from unnest($1::uuid[]) as a (complaint)
              cross join lateral (select complaint from desk.complaint_references where complaint = a.complaint limit 1) k`,
      values: [complaints],
    });
    const known = new Set(rows.map(({ complaint }) => complaint));
    return complaints.map((complaint) => known.has(complaint));
  }

  private async numberOf(complaint: string): Promise<number | undefined> {
    const { rows } = await this.pool.query<{ number: string }>(
      'select number from desk.complaint_references where complaint = $1',
      [complaint],
    );
    return rows[0] && Number(rows[0].number);
  }
}
