import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PostgresReferences } from '../../../libs/desk/src/references.ts';
import { unusedFrom, type Stretch } from '../../../libs/desk/src/references-after-restore.ts';
import { syncDirectory } from '../../../libs/privacy/src/durable-name.ts';
import { Trouble } from './command.ts';
import { erasureLogOf, type Place } from './places.ts';

/**
 * The stretches of references that restores took, listed outside the database: what comes back from a backup knows nothing
 * of the restores after it. Beside the list of erasures, which is kept current and demanded by the same commands.
 * NOTE: a storage format: JSON lines `{"from","at"}`, appended and fsynced, never rewritten. A half-written last line is
 * closed with `#torn` by the next one.
 */
export const stretchesOf = (settings: Place['settings']): string => `${erasureLogOf(settings)}.references`;

const TORN = '#torn';

/** Undefined: no such file. Throws Trouble when it cannot be read: a stretch may not be passed over. */
export const readStretches = async (file: string): Promise<readonly Stretch[] | undefined> => {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Trouble(`The list of references, ${file}, cannot be read (${error.code}).`);
  });
  // What follows the last line's end is nothing, or torn: nobody went on from there.
  return text
    ?.split('\n')
    .slice(0, -1)
    .flatMap((line, index) => {
      if (line === '' || line.endsWith(TORN)) return [];
      const stretch = parse(line);
      if (!stretch)
        throw new Trouble(`${file}, line ${index + 1}: no stretch of references. Restore it from its copy.`);
      return [stretch];
    });
};

/** Durable when it returns. */
const list = async (file: string, { from, at }: Stretch): Promise<void> => {
  const handle = await open(file, 'a+', 0o600);
  try {
    const text = await handle.readFile('utf8');
    const line = `${JSON.stringify({ from, at })}\n`;
    await handle.appendFile(text === '' || text.endsWith('\n') ? line : `${TORN}\n${line}`);
    await handle.sync();
    if (text === '') await syncDirectory(dirname(file));
  } finally {
    await handle.close();
  }
};

/**
 * Lets references go on behind all that may have been given, listed before anything is counted from there. `asOf`: the
 * moment of which the database is. Throws Trouble. Answers what the operator should know of it.
 */
export const goOnUnused = async ({ pool, settings }: Place, asOf: string | undefined): Promise<string> => {
  const references = new PostgresReferences(pool);
  const file = stretchesOf(settings);
  const taken = await readStretches(file);
  const now = Date.now();
  const from = unusedFrom({ next: await references.nextNumber(), asOf, taken: taken ?? [] }, now);
  await list(file, { from, at: new Date(now).toISOString() }).catch((error: NodeJS.ErrnoException) => {
    throw new Trouble(`The list of references, ${file}, cannot be written (${error.code}).`);
  });
  await references.goOnFrom(from);
  const listed = `References go on in an unused stretch, listed in ${file}: keep it with the list of erasures.`;
  return taken
    ? listed
    : `${listed} It was not there: if there was a restore before, only the time since then keeps their references apart.`;
};

const parse = (line: string): Stretch | undefined => {
  try {
    const { from, at } = JSON.parse(line) as Record<string, unknown>;
    return Number.isSafeInteger(from) && typeof at === 'string' && !Number.isNaN(Date.parse(at))
      ? { from: from as number, at }
      : undefined;
  } catch {
    return undefined;
  }
};
