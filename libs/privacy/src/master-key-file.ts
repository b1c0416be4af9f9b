import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Pool } from 'pg';
import { keepSecret, storedSecret } from './kept-secret.ts';
import { MasterKey } from './master-key.ts';
import { syncDirectory } from './durable-name.ts';

/** The master key cannot be taken from its file; the message says why and what to do. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

/** NOTE: the check value's name and text are a storage format. */
const CHECK = 'master-key-check';
const CHECK_TEXT = 'this database knows its master key';

/**
 * The master key of this database: read from its file and proven against the check value in es.secrets, so that a
 * wrong key stops the start instead of sealing words that nobody can open.
 * `mint`: a missing file is made (mode 600), but only while the database has never seen a key.
 * Throws MasterKeyError, WrongMasterKey.
 */
export const openMasterKey = async (options: { pool: Pool; file: string; mint: boolean }): Promise<MasterKey> => {
  const known = (await storedSecret(options.pool, CHECK)) !== undefined;
  const master = await loadMasterKey(options.file, { mint: options.mint && !known, known });
  await keepSecret(options.pool, master, CHECK, Buffer.from(CHECK_TEXT));
  return master;
};

/** Reads the key file, or makes one. `known`: the database was made with a key, so that a missing file is a loss. */
export const loadMasterKey = async (
  path: string,
  { mint, known = false }: { mint: boolean; known?: boolean },
): Promise<MasterKey> => {
  const file = resolve(path);
  const found = await readIfThere(file);
  if (found !== undefined) return parse(file, found);
  if (known)
    throw new MasterKeyError(
      `The master key file ${file} is missing, and this database was made with one. ` +
        'Put it back from where it is kept; a new key could open nothing that was written before.',
    );
  if (!mint)
    throw new MasterKeyError(
      `The master key file ${file} does not exist. Make one with \`openssl rand -hex 32\`, mode 600, and keep a copy ` +
        'in a place where the database backups are not.',
    );
  await makeOnce(file, MasterKey.mint().text);
  return parse(file, (await readIfThere(file))!); // another process may have been first: its key is the key
};

const parse = (file: string, text: string): MasterKey => {
  try {
    return MasterKey.parse(text);
  } catch {
    throw new MasterKeyError(`The master key file ${file} holds no key: 64 hexadecimal digits, or base64 of 32 bytes.`);
  }
};

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    await refuseIfOpen(file);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof MasterKeyError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new MasterKeyError(`The master key file ${file} cannot be read (${code ?? 'unknown reason'}).`);
  }
};

/**
 * Everybody on the machine could read every customer's words. A group may read (orchestrators hand secrets to a
 * program's group), others may not. Windows has no such bits.
 */
const refuseIfOpen = async (file: string): Promise<void> => {
  const info = await stat(file);
  if (!info.isFile()) throw new MasterKeyError(`The master key file ${file} is not a file.`);
  if (process.platform === 'win32' || (info.mode & 0o027) === 0) return;
  throw new MasterKeyError(
    `The master key file ${file} has mode ${(info.mode & 0o777).toString(8)}: ` +
      `others can read it or its group can change it. Run \`chmod 600 ${file}\`.`,
  );
};

/** Whole or not at all, and never over another: written aside, then linked to its name, which fails if that exists. */
const makeOnce = async (file: string, text: string): Promise<void> => {
  const aside = `${file}.${randomUUID()}`;
  try {
    const handle = await open(aside, 'wx', 0o600);
    try {
      await handle.writeFile(`${text}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(aside, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      return copyFile(aside, file, constants.COPYFILE_EXCL); // a file system without hard links
    });
    await syncDirectory(dirname(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw new MasterKeyError(`The master key file ${file} cannot be made (${code ?? 'unknown reason'}).`);
  } finally {
    await rm(aside, { force: true });
  }
};
