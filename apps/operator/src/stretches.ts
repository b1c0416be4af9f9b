import { PostgresReferences } from '../../../libs/desk/src/references.ts';
import { unusedFrom, type Stretch } from '../../../libs/desk/src/references-after-restore.ts';
import { appendLine, readLines } from '../../../libs/privacy/src/durable-lines.ts';
import { Trouble } from './command.ts';
import { erasureLogOf, type Place } from './places.ts';

/**
 * The stretches of references that restores took, listed outside the database: what comes back from a backup knows nothing
 * of the restores after it. Beside the list of erasures, which is kept current and demanded by the same commands.
 * NOTE: a storage format: JSON lines `{"from","at"}`, as durable-lines.ts keeps them; from a line that was cut off nobody
 * went on.
 */
export const stretchesOf = (settings: Place['settings']): string => `${erasureLogOf(settings)}.references`;

/** Undefined: no such file. Throws Trouble when it cannot be read: a stretch may not be passed over. */
export const readStretches = (file: string): Promise<readonly Stretch[] | undefined> =>
  readLines(
    file,
    stretchIn,
    (line) => new Trouble(`${file}, line ${line}: no stretch of references. Restore it from its copy.`),
  ).catch((error: NodeJS.ErrnoException) => {
    throw error instanceof Trouble
      ? error
      : new Trouble(`The list of references, ${file}, cannot be read (${error.code}).`);
  });

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
  await appendLine(file, JSON.stringify({ from, at: new Date(now).toISOString() })).catch(
    (error: NodeJS.ErrnoException) => {
      throw new Trouble(`The list of references, ${file}, cannot be written (${error.code}).`);
    },
  );
  await references.goOnFrom(from);
  const listed = `References go on in an unused stretch, listed in ${file}: keep it with the list of erasures.`;
  return taken
    ? listed
    : `${listed} It was not there: if there was a restore before, only the time since then keeps their references apart.`;
};

const stretchIn = ({ from, at }: Readonly<Record<string, unknown>>): Stretch | undefined =>
  Number.isSafeInteger(from) && typeof at === 'string' && !Number.isNaN(Date.parse(at))
    ? { from: from as number, at }
    : undefined;
