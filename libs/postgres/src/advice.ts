import type { Pool } from 'pg';

/** Settings of PostgreSQL as far as advice is given on them. Sizes in bytes, times in seconds. */
interface Known {
  readonly shared_buffers: number;
  readonly max_wal_size: number;
  readonly checkpoint_timeout: number;
  readonly wal_compression: string;
  readonly fsync: string;
  readonly full_page_writes: string;
}

const GIB = 1024 ** 3;

/** What is far from what a growing ledger needs, and what it should be: docs/operations.md, PostgreSQL, says why. */
const ADVICE: Readonly<Record<keyof Known, { readonly falls: (known: Known) => boolean; readonly should: string }>> = {
  shared_buffers: { falls: (known) => known.shared_buffers < GIB / 2, should: 'a quarter of the machine’s memory' },
  max_wal_size: { falls: (known) => known.max_wal_size < 4 * GIB, should: '8GB' },
  checkpoint_timeout: { falls: (known) => known.checkpoint_timeout < 900, should: '30min' },
  wal_compression: { falls: (known) => /^(on|pglz)$/.test(known.wal_compression), should: 'off, or lz4' },
  fsync: { falls: (known) => known.fsync !== 'on', should: 'on: a crash may lose what was acknowledged' },
  full_page_writes: {
    falls: (known) => known.full_page_writes !== 'on',
    should: 'on: a crash may damage what was acknowledged',
  },
};

export interface Advice {
  readonly setting: string;
  /** As PostgreSQL prints it. */
  readonly is: string;
  readonly should: string;
}

/** The settings of an operator's own PostgreSQL that fall far short; none of them stops anything. */
export const adviceOn = async (pool: Pool): Promise<readonly Advice[]> => {
  const { rows } = await pool.query<{ known: Known; printed: Readonly<Record<keyof Known, string>> }>(
    `select jsonb_object_agg(name, case name
              when 'shared_buffers' then to_jsonb(pg_size_bytes(printed))
              when 'max_wal_size' then to_jsonb(pg_size_bytes(printed))
              when 'checkpoint_timeout' then to_jsonb(extract(epoch from printed::interval))
              else to_jsonb(printed) end) as known,
            jsonb_object_agg(name, printed) as printed
       from unnest($1::text[]) as name, lateral (select current_setting(name) as printed) as shown`,
    [Object.keys(ADVICE)],
  );
  const { known, printed } = rows[0]!;
  return (Object.keys(ADVICE) as (keyof Known)[])
    .filter((setting) => ADVICE[setting].falls(known))
    .map((setting) => ({ setting, is: printed[setting], should: ADVICE[setting].should }));
};

export const sentenceOn = ({ setting, is, should }: Advice): string => `${setting} is ${is} and should be ${should}`;
