import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '#fact/canonical-json';
import type { LedgerSum } from '#ledger/copy/chain';
import type { Position } from '#ledger/stream/port';
import { syncDirectory } from '#privacy/durable-name';

/** The backup is torn, damaged, or none; the message is a sentence for the operator. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** One file of a backup, gzipped. */
export interface BackupFile {
  readonly file: string;
  /** Of the file as it lies there. */
  readonly bytes: number;
  readonly sha256: string;
}

export interface TableFile extends BackupFile {
  readonly table: string;
  /** In the file's order. */
  readonly columns: readonly string[];
  readonly rows: number;
}

/**
 * What a backup holds. It is written last, so a backup without it is torn.
 * NOTE: a storage format; `format` is its version, and its file has one member more, `digest`: `sha256:` + hex SHA-256
 * over the JCS form of all others. Facts: one line of JSON each, in the ledger's order; tables: as PostgreSQL's COPY writes
 * text.
 */
export interface Manifest {
  readonly redress: 'backup';
  readonly format: 1;
  readonly made: string;
  readonly organisation: string;
  readonly ledger: 'in-memory' | 'postgres' | 'eventstoredb';
  readonly epoch: string;
  /** Of the last fact; null: there is none. */
  readonly position: Position | null;
  readonly sum: LedgerSum;
  readonly facts: BackupFile;
  /** How the followers stood, no later than the last fact. */
  readonly following: readonly TableFile[];
  /** What belongs to the facts and lies beside the ledger, no earlier than the last fact. */
  readonly beside: readonly TableFile[];
  /** Complaints' references: the next number. */
  readonly nextReference: string;
  /** The schemas' steps, by room: an older program cannot restore this. */
  readonly schemas: Readonly<Record<string, readonly string[]>>;
}

const NAME = 'manifest.json';

/** Durable when it returns, and not there before. */
export const writeManifest = async (directory: string, manifest: Manifest): Promise<void> => {
  const [aside, name] = [join(directory, `${NAME}.part`), join(directory, NAME)];
  const handle = await open(aside, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ ...manifest, digest: digestOf(manifest) }, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, name);
  await syncDirectory(directory);
};

/** Throws BackupError. */
export const readManifest = async (directory: string): Promise<Manifest> => {
  const text = await readFile(join(directory, NAME), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new BackupError(
      error.code === 'ENOENT'
        ? `${directory} holds no ${NAME}: it is no backup, or one that was not finished.`
        : `${join(directory, NAME)} cannot be read (${error.code}).`,
    );
  });
  const { digest, ...manifest } = parse(text) ?? {};
  if (manifest.redress !== 'backup') throw new BackupError(`${join(directory, NAME)} is no backup’s.`);
  if (manifest.format !== 1)
    throw new BackupError(`The backup is of format ${String(manifest.format)}, and this program knows 1: upgrade it.`);
  if (digestOf(manifest) !== digest)
    throw new BackupError(`${join(directory, NAME)} does not match its hash: the backup is damaged. Use another one.`);
  return manifest as Manifest;
};

const digestOf = (manifest: Partial<Manifest>): string =>
  `sha256:${createHash('sha256').update(canonicalJson(manifest)).digest('hex')}`;

const parse = (text: string): Partial<Manifest & { digest: string }> | null | undefined => {
  try {
    return JSON.parse(text) as Partial<Manifest & { digest: string }> | null;
  } catch {
    return undefined;
  }
};
