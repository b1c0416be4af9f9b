import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncDirectory } from './durable-name.ts';

/** One person's erasure. Ids only: it may be kept for ever. */
export interface Erasure {
  readonly id: string;
  readonly subject: string;
  readonly erasedAt: string;
}

/**
 * Erasures listed outside the database and its backups, so that a restore can apply them again before the doors open
 * (formats.md, Personal data).
 */
export interface ErasureLog {
  /** Durable when it returns. */
  record(erasure: Erasure): Promise<void>;
  entries(): Promise<readonly Erasure[]>;
}

/** Marks a line that a crash cut off. Its erasure was not confirmed: it is recorded again when it is done. */
const TORN = '#torn';

/**
 * NOTE: a storage format: JSON lines `{"id","subject","erasedAt"}`, appended and fsynced, never rewritten.
 * A half-written last line is closed with `#torn` by the next record.
 */
export class FileErasureLog implements ErasureLog {
  private readonly file: string;
  /** One record at a time within a process; between processes, lines are appended whole. */
  private queue: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.file = resolve(path);
  }

  record({ id, subject, erasedAt }: Erasure): Promise<void> {
    const done = this.queue.then(() => this.append(`${JSON.stringify({ id, subject, erasedAt })}\n`));
    this.queue = done.catch(() => undefined);
    return done;
  }

  /** Throws when a line is damaged: an erasure that cannot be read may not be passed over. */
  async entries(): Promise<readonly Erasure[]> {
    const text = await readFile(this.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const lines = text.split('\n').slice(0, -1); // what follows the last line's end is nothing, or torn
    return lines.flatMap((line, index) => {
      if (line === '' || line.endsWith(TORN)) return [];
      const entry = parse(line);
      if (!entry) throw new Error(`${this.file}, line ${index + 1}: not an erasure. Restore this file from its copy.`);
      return [entry];
    });
  }

  private async append(line: string): Promise<void> {
    const handle = await open(this.file, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      const torn = size > 0 && !(await endsWithNewline(handle, size));
      await handle.appendFile(torn ? `${TORN}\n${line}` : line);
      await handle.sync();
      if (size === 0) await syncDirectory(dirname(this.file));
    } finally {
      await handle.close();
    }
  }
}

const endsWithNewline = async (handle: FileHandle, size: number): Promise<boolean> => {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
};

const parse = (line: string): Erasure | undefined => {
  try {
    const { id, subject, erasedAt } = JSON.parse(line) as Record<string, unknown>;
    return typeof id === 'string' && typeof subject === 'string' && typeof erasedAt === 'string'
      ? { id, subject, erasedAt }
      : undefined;
  } catch {
    return undefined;
  }
};
