import type { Pool } from 'pg';
import { inTransaction } from '#postgres/database';
import { Batcher } from '#resilience/batcher';
import { destroyKeys } from './erase.ts';
import type { KeyRow, KeyTable, ReadKeys } from './key-table.ts';

const COLUMNS = 'kid, subject, stream, wrapped, erased_at as "erasedAt"';

interface Wanted {
  readonly subject: string;
  readonly stream: string;
}

interface StoredRow extends Omit<KeyRow, 'erasedAt'> {
  readonly erasedAt: Date | null;
}

/** Whether there is any key, erased ones too. */
export const holdsKeys = async (pool: Pool): Promise<boolean> =>
  (await pool.query('select from es.keys limit 1')).rowCount !== 0;

/** Those of the keys that have a row; an erased key has its row. */
export const keysThere = async (pool: Pool, kids: readonly string[]): Promise<ReadonlySet<string>> => {
  const { rows } = await pool.query<{ kid: string }>('select kid from es.keys where kid = any($1::uuid[])', [kids]);
  return new Set(rows.map(({ kid }) => kid));
};

/** The key table in PostgreSQL (es.keys). Rows are inserted by the ledger, no later than the facts they seal. */
export class PostgresKeyTable implements KeyTable {
  /** Every command that seals asks for a key: those that come at once are looked up in one statement. */
  private readonly lookUps = new Batcher((wanted: readonly Wanted[]) => this.liveOnes(wanted));

  constructor(private readonly pool: Pool) {}

  live(subject: string, stream: string): Promise<KeyRow | undefined> {
    return this.lookUps.ask({ subject, stream });
  }

  async byIds(kids: readonly string[], { tx }: ReadKeys = {}): Promise<readonly KeyRow[]> {
    // In one order, so that two that hold several keys do not wait for each other.
    const hold = tx ? ' for share' : '';
    const { rows } = await (tx ?? this.pool).query<StoredRow>(
      `select ${COLUMNS} from es.keys where kid = any($1::uuid[]) order by kid${hold}`,
      [kids],
    );
    return rows.map(rowOf);
  }

  private async liveOnes(wanted: readonly Wanted[]): Promise<(KeyRow | undefined)[]> {
    const { rows } = await this.pool.query<StoredRow & { place: string }>({
      name: 'live-keys',
      // Joined sideways: each is one look into the index, also while the planner thinks that there are few keys.
      text: `select place, k.* from unnest($1::uuid[], $2::text[]) with ordinality as w (subject, stream, place)
              cross join lateral (select ${COLUMNS} from es.keys
                where subject = w.subject and stream = w.stream and erased_at is null limit 1) k`,
      values: [wanted.map(({ subject }) => subject), wanted.map(({ stream }) => stream)],
    });
    const found = new Map(rows.map(({ place, ...row }) => [Number(place), rowOf(row)]));
    return wanted.map((_, index) => found.get(index + 1));
  }

  /** Keys only. A whole erasure, with its record and its hooks, is `eraseSubject`. */
  async erase(subject: string): Promise<number> {
    return inTransaction(this.pool, async (tx) => (await destroyKeys(tx, subject)).keys);
  }
}

const rowOf = (row: StoredRow): KeyRow => ({ ...row, erasedAt: row.erasedAt?.toISOString() ?? null });
