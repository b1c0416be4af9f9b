import { PostgresReferences } from '#desk/references';
import { unusedFrom, type ReferenceRange } from '#desk/references-after-restore';
import { appendLine, readLines } from '#privacy/durable-lines';
import { systemClock } from '#time/clock';
import { OperatorError } from './command.ts';
import { erasureLogOf, type Place } from './ledger-location.ts';

/**
 * The ranges of references that restores took, listed outside the database: what comes back from a backup knows nothing
 * of the restores after it. Beside the list of erasures, which is kept current and demanded by the same commands.
 * NOTE: a storage format: JSON lines `{"from","at"}`, as durable-lines.ts keeps them; from a line that was cut off nobody
 * went on.
 */
export const referenceRangesOf = (settings: Place['settings']): string => `${erasureLogOf(settings)}.references`;

/** Undefined: no such file. Throws OperatorError when it cannot be read: a range may not be passed over. */
export const readReferenceRanges = (file: string): Promise<readonly ReferenceRange[] | undefined> =>
  readLines(
    file,
    referenceRangeIn,
    (line) => new OperatorError(`${file}, line ${line}: not a range of references. Restore it from its copy.`),
  ).catch((error: NodeJS.ErrnoException) => {
    throw error instanceof OperatorError
      ? error
      : new OperatorError(`The list of references, ${file}, cannot be read (${error.code}).`);
  });

/**
 * Lets references go on behind all that may have been given, listed before anything is counted from there. `asOf`: the
 * moment of which the database is. Throws OperatorError. Answers what the operator should know of it.
 */
export const goOnUnused = async ({ pool, settings }: Place, asOf: string | undefined): Promise<string> => {
  const references = new PostgresReferences(pool);
  const file = referenceRangesOf(settings);
  const taken = await readReferenceRanges(file);
  const now = systemClock().getTime();
  const from = unusedFrom({ next: await references.nextNumber(), asOf, taken: taken ?? [] }, now);
  await appendLine(file, JSON.stringify({ from, at: new Date(now).toISOString() })).catch(
    (error: NodeJS.ErrnoException) => {
      throw new OperatorError(`The list of references, ${file}, cannot be written (${error.code}).`);
    },
  );
  await references.goOnFrom(from);
  const listed = `References go on in an unused range, listed in ${file}: keep it with the list of erasures.`;
  return taken
    ? listed
    : `${listed} It was not there: if there was a restore before, only the time since then keeps their references apart.`;
};

const referenceRangeIn = ({ from, at }: Readonly<Record<string, unknown>>): ReferenceRange | undefined =>
  Number.isSafeInteger(from) && typeof at === 'string' && !Number.isNaN(Date.parse(at))
    ? { from: from as number, at }
    : undefined;
