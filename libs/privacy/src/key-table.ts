import type { PoolClient } from 'pg';

/** The table of data keys: one live key per (subject, stream). It lies in PostgreSQL, whatever store keeps the facts. */

/** A data key's row, which must be durable no later than the facts sealed with it. */
export interface NewKeyRow {
  readonly kid: string;
  readonly subject: string;
  readonly stream: string;
  readonly wrapped: Buffer;
}

export interface KeyRow {
  readonly kid: string;
  readonly subject: string;
  readonly stream: string;
  /** null: erased. Only that reads as "erased". */
  readonly wrapped: Buffer | null;
  readonly erasedAt: string | null;
}

export interface ReadKeys {
  /**
   * The transaction of a projection: the rows are held until it ends, so that an erasure waits for what is being
   * projected, and a projection that comes after an erasure sees "erased".
   */
  readonly tx?: PoolClient;
}

export interface KeyTable {
  live(subject: string, stream: string): Promise<KeyRow | undefined>;
  /** Unknown ids are left out. */
  byIds(kids: readonly string[], options?: ReadKeys): Promise<readonly KeyRow[]>;
  /** Destroys every key of a person: the rows stand, their wrapped keys are null. Answers how many were live. */
  erase(subject: string): Promise<number>;
}
