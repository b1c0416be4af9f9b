import { Type, type TSchema } from '@sinclair/typebox';

/**
 * The vocabulary of published schemas. NOTE: published for ever (docs/formats.md, Published). It is kept apart from the
 * vocabulary of stored facts on purpose: a stored shape may get a new version, a published one only gains optional
 * fields. No string here can hold a sentence: ids, codes, instants and durations only, each by its pattern.
 * Lists that may grow are codes with examples, never enumerations.
 */

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
const INSTANT = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$';
const DURATION = '^P(?=.)(\\d+Y)?(\\d+M)?(\\d+W)?(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+S)?)?$';
const CODE = '^[a-z0-9]+(-[a-z0-9]+)*$';

export const id = (description: string) => Type.String({ pattern: UUID, format: 'uuid', description });

/** RFC 3339, UTC, milliseconds. */
export const instant = (description: string) => Type.String({ pattern: INSTANT, format: 'date-time', description });

/** ISO 8601. */
export const duration = (description: string) => Type.String({ pattern: DURATION, maxLength: 40, description });

/** A word of a list that may grow: examples are not the whole list. */
export const code = (description: string, examples: readonly string[] = []) =>
  Type.String({
    pattern: CODE,
    maxLength: 64,
    description,
    ...(examples.length > 0 && { examples: [...examples] }),
  });

export const count = (description: string) =>
  Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });

export const yes = (description: string) => Type.Boolean({ description });

export const listOf = <Item extends TSchema>(item: Item, description: string) => Type.Array(item, { description });

export const maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema);

export const money = (description: string) =>
  Type.Object(
    {
      amount: Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: "A whole number of the currency's smallest unit",
      }),
      currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217' }),
    },
    { description },
  );

/** What failed, never who. */
export const process = (description: string) =>
  Type.Object(
    {
      department: code('The department'),
      process: maybe(code('The process')),
      step: maybe(code('The step of the process')),
    },
    { description },
  );

export const severity = (description: string) => code(description, ['minor', 'costly', 'grave']);

export const issue = (description: string) =>
  Type.Object(
    {
      id: id('The issue'),
      category: code('What kind of thing went wrong'),
      severity: maybe(severity('How heavy it weighs; absent: not known')),
      presumed: severity('The weight that counts while none is known'),
      product: maybe(code('Product or service')),
      touchpoint: maybe(code('Where the customer met it', ['order', 'delivery', 'use', 'after-sales'])),
      process: maybe(process('What failed, as far as known')),
      claimed: maybe(money('What the customer asks for')),
      waited: maybe(duration('How long the customer has waited')),
      repeat: maybe(yes('The same fault again')),
    },
    { description },
  );

export const due = (description: string) =>
  Type.Object(
    {
      clock: code('Which clock', ['first-response']),
      from: instant('When the clock started'),
      due: instant('When it runs out'),
      workingDays: count('Working days granted'),
      calendar: code('The working calendar'),
      calendarVersion: count('The policy version whose calendar was used'),
    },
    { description },
  );
