import { FormatRegistry, TypeRegistry, type TSchema } from '@sinclair/typebox';
import { isEnvelope } from './personal.ts';
import { isUuid } from './uuid.ts';
import { subjectOf } from './vocabulary.ts';

/** Teaches TypeBox's checker what the vocabulary of facts means by its own schemas and formats. Importing it is enough. */

TypeRegistry.Set<TSchema>('Unsafe', (schema, value) => {
  if (subjectOf(schema) !== undefined) return isPersonal(value);
  if (Array.isArray(schema['enum'])) return schema['enum'].includes(value);
  throw new Error('a schema of facts that nobody can check');
});

const isPersonal = (value: unknown): boolean =>
  isEnvelope(value) ||
  (typeof value === 'object' && value !== null && typeof (value as { $plain?: unknown }).$plain === 'string');

FormatRegistry.Set('uuid', isUuid);
/** Days and instants that exist: there is no 30th of February. */
FormatRegistry.Set('date', (text) => isInstant(`${text}T00:00:00.000Z`));
FormatRegistry.Set('date-time', (text) => isInstant(text));

const isInstant = (text: string): boolean => {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
};
