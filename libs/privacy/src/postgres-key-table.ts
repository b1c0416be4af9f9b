import type { Pool } from 'pg';
import { inTransaction } from '../../postgres/src/database.ts';
import { destroyKeys } from './erase.ts';
import type { KeyRow, KeyTable, ReadKeys } from './key-table.ts';

const COLUMNS = 'kid, subject, stream, wrapped, erased_at as "erasedAt"';

interface StoredRow extends Omit<KeyRow, 'erasedAt'> {
  readonly erasedAt: Date | null;
}

/** The key table in PostgreSQL (es.keys). Rows are inserted by the ledger, no later than the facts they seal. */
export class PostgresKeyTable implements KeyTable {
  constructor(private readonly pool: Pool) {}

  async live(subject: string, stream: string): Promise<KeyRow | undefined> {
    const { rows } = await this.pool.query<StoredRow>(
      `select ${COLUMNS} from es.keys where subject = $1 and stream = $2 and erased_at is null`,
      [subject, stream],
    );
    return rows[0] && rowOf(rows[0]);
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

  /** Keys only. A whole erasure, with its record and its hooks, is `eraseSubject`. */
  async erase(subject: string): Promise<number> {
    return inTransaction(this.pool, async (tx) => (await destroyKeys(tx, subject)).keys);
  }
}

const rowOf = (row: StoredRow): KeyRow => ({ ...row, erasedAt: row.erasedAt?.toISOString() ?? null });
