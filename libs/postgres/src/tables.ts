import type { PoolClient } from 'pg';
import type { MigrationList } from './migrations.ts';

/** What the role of the programs may do; a right to change columns names them. */
export type Right = 'select' | 'insert' | 'update' | 'delete' | `update (${string})`;

/** How the rows of a table lie in a backup. */
export interface InBackup {
  /**
   * `before-facts`: how followers stand, which may lie before the facts of its backup, never behind them. `after-facts`:
   * what facts need, which is durable no later than they are.
   */
  readonly taken: 'before-facts' | 'after-facts';
  /** The rows that are worth keeping. Absent: all. */
  readonly where?: string;
  /** Columns that belong to the running programs only. */
  readonly without?: readonly string[];
  /** An identity column: numbers that were loaded must not be given again. */
  readonly counter?: string;
}

/** A table, as the room declares it that makes it. Grants, backups, restores and clearing go by this. */
export interface Table {
  /** NOTE: stored. With its schema. */
  readonly name: `${string}.${string}`;
  /** `kept`: nothing else says what it holds. `derived`: it is made anew from the facts, so it may be emptied. */
  readonly content: 'kept' | 'derived';
  readonly rights: readonly Right[];
  /** False: not by itself, for the reason that stands beside it. */
  readonly backup: InBackup | false;
}

/** A counter that is no column's. */
export interface Sequence {
  readonly name: `${string}.${string}`;
  readonly rights: readonly ('usage' | 'select' | 'update')[];
}

/** What one room keeps in the database. */
export interface RoomSchema extends MigrationList {
  readonly tables: readonly Table[];
  readonly sequences?: readonly Sequence[];
  /** Functions that the programs call, with their arguments: `es.append_many(jsonb, int)`. */
  readonly functions?: readonly string[];
  /** What else the role needs; `role` is an identifier, quoted. */
  readonly grant?: (tx: PoolClient, role: string) => Promise<void>;
}

export const tablesOf = (rooms: readonly RoomSchema[]): readonly Table[] => rooms.flatMap(({ tables }) => tables);

/** Empties every table whose rows follow from the facts. */
export const clearDerived = async (tx: PoolClient, rooms: readonly RoomSchema[]): Promise<void> => {
  const derived = tablesOf(rooms).filter(({ content }) => content === 'derived');
  await tx.query(`truncate ${derived.map(({ name }) => name).join(', ')}`);
};
