import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { BackupError, type BackupFile } from './manifest.ts';

/** Writes a stream into a new gzipped file, mode 600, on disk when it returns. */
export const writeFile = async (
  directory: string,
  name: string,
  from: Readable | AsyncIterable<string | Buffer>,
): Promise<BackupFile> => {
  const file = `${name}.gz`;
  const path = join(directory, file);
  const [hashing, summed] = hashedOnTheWay();
  const source = from instanceof Readable ? from : Readable.from(from);
  await pipeline(source, createGzip({ level: 6 }), hashing, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  await sync(path);
  return { file, ...summed() };
};

/** A file's contents as they were before they were packed. */
export const readFile = (directory: string, { file }: BackupFile): Readable => {
  const gunzip = createGunzip();
  // What goes wrong with the file ends the reading, and is thrown to whoever reads.
  void pipeline(createReadStream(join(directory, file)), gunzip).catch(() => undefined);
  return gunzip;
};

/** Reads the file through and compares. Throws BackupError. */
export const verifyFile = async (directory: string, { file, bytes, sha256 }: BackupFile): Promise<void> => {
  const path = join(directory, file);
  const { size } = await stat(path).catch(() => {
    throw new BackupError(`${path} is missing, and the manifest names it.`);
  });
  const hash = createHash('sha256');
  if (size === bytes) for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  if (size !== bytes || hash.digest('hex') !== sha256)
    throw new BackupError(`${path} does not match its hash: the backup is damaged. Use another one.`);
};

const hashedOnTheWay = (): [Transform, () => { bytes: number; sha256: string }] => {
  const hash = createHash('sha256');
  let bytes = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return [hashing, () => ({ bytes, sha256: hash.digest('hex') })];
};

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** A file's contents into a stream that PostgreSQL reads from. */
export const pour = (directory: string, from: BackupFile, into: Writable): Promise<void> =>
  pipeline(readFile(directory, from), into);
