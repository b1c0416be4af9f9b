import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** What this process may use of the machine's memory, in bytes: a container's limit counts. */
export const memoryHere = (): number => {
  // 0, or more than there is: no limit.
  const limit = process.constrainedMemory() || Infinity;
  return Math.min(totalmem(), limit);
};

/** Free space where a directory lies, in bytes. */
export const freeSpaceAt = async (directory: string): Promise<number> => {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
};

/** What a cluster gets of a machine. */
export interface Shares {
  readonly memory: number;
  readonly freeSpace: number;
}

/**
 * PostgreSQL's settings by what the machine has. Ids are made from requests' keys, so a new complaint comes to a random
 * place in the indexes of streams, keys and terms: these belong in memory, and as soon after a checkpoint each of their
 * pages is written whole into the log, checkpoints are to be rare. Buffers are taken from the machine as data fill them,
 * not before: who tries the service with some hundred complaints gives it some ten megabytes. The log between two
 * checkpoints is read again after a crash, at some hundred megabytes a second, and lies on the disk until then.
 * `wal_compression` stays off: the embedded build has pglz alone, which costs more than it saves.
 */
export const sizedFor = ({ memory, freeSpace }: Shares): Readonly<Record<string, string>> => {
  const buffers = between(32 * MIB, memory / (memory < 2 * GIB ? 8 : 4), 8 * GIB);
  const log = between(GIB, Math.min(2 * buffers, freeSpace / 8), 8 * GIB);
  return {
    shared_buffers: megabytes(buffers),
    effective_cache_size: megabytes(memory / 2),
    max_wal_size: megabytes(log),
    checkpoint_timeout: '30min',
  };
};

/** What PostgreSQL says when the machine does not give it the memory that it asks for. */
export const isOutOfMemory = (said: string): boolean =>
  /could not (map anonymous|create|resize|reserve) shared memory|cannot allocate memory/i.test(said);

const between = (least: number, wished: number, most: number): number => Math.max(least, Math.min(wished, most));
const megabytes = (bytes: number): string => `${Math.floor(bytes / MIB)}MB`;
