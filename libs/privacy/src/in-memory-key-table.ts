import { systemClock } from '#time/clock';
import type { KeyRow, KeyTable, NewKeyRow } from './key-table.ts';

/** The key table of unit tests; an in-memory ledger puts the keys of its appends here. */
export class InMemoryKeyTable implements KeyTable {
  private readonly rows = new Map<string, KeyRow>();

  insert(row: NewKeyRow): void {
    this.rows.set(row.kid, { ...row, erasedAt: null });
  }

  isErased(kid: string): boolean {
    return this.rows.get(kid)?.erasedAt != null;
  }

  async live(subject: string, stream: string): Promise<KeyRow | undefined> {
    return [...this.rows.values()].find(
      (row) => row.subject === subject && row.stream === stream && row.erasedAt === null,
    );
  }

  async byIds(kids: readonly string[]): Promise<readonly KeyRow[]> {
    return kids.flatMap((kid) => this.rows.get(kid) ?? []);
  }

  async erase(subject: string): Promise<number> {
    const live = [...this.rows.values()].filter((row) => row.subject === subject && row.erasedAt === null);
    for (const row of live) this.rows.set(row.kid, { ...row, wrapped: null, erasedAt: systemClock().toISOString() });
    return live.length;
  }
}
