import { resolve } from 'node:path';
import { appendLine, readLines } from './durable-lines.ts';

/** One person's erasure. Ids only: it may be kept for ever. */
export interface Erasure {
  readonly id: string;
  readonly subject: string;
  readonly erasedAt: string;
}

/**
 * Erasures listed outside the database and its backups, so that a restore can apply them again before the doors open
 * (docs/formats.md, Personal data).
 */
export interface ErasureLog {
  /** Durable when it returns. */
  record(erasure: Erasure): Promise<void>;
  entries(): Promise<readonly Erasure[]>;
}

/**
 * NOTE: a storage format: JSON lines `{"id","subject","erasedAt"}`, as durable-lines.ts keeps them. An erasure whose line
 * was cut off was not confirmed: it is recorded again when it is done.
 */
export class FileErasureLog implements ErasureLog {
  private readonly file: string;
  /** One record at a time within a process; between processes, lines are appended whole. */
  private queue: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.file = resolve(path);
  }

  record({ id, subject, erasedAt }: Erasure): Promise<void> {
    const done = this.queue.then(() => appendLine(this.file, JSON.stringify({ id, subject, erasedAt })));
    this.queue = done.catch(() => undefined);
    return done;
  }

  /** Throws when a line is damaged: an erasure that cannot be read may not be passed over. */
  async entries(): Promise<readonly Erasure[]> {
    const damaged = (line: number): Error =>
      new Error(`${this.file}, line ${line}: not an erasure. Restore this file from its copy.`);
    return (await readLines(this.file, erasureIn, damaged)) ?? [];
  }
}

const erasureIn = ({ id, subject, erasedAt }: Readonly<Record<string, unknown>>): Erasure | undefined =>
  typeof id === 'string' && typeof subject === 'string' && typeof erasedAt === 'string'
    ? { id, subject, erasedAt }
    : undefined;
