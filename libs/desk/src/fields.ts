import { Type } from 'class-transformer';
import { ValidateNested } from 'class-validator';
import { field, type Demand, type Said } from './field.ts';
import {
  CODE,
  HANDLE,
  isDay,
  isDuration,
  isInstant,
  isStorable,
  isWritten,
  LANGUAGE,
  lengthOf,
  REFERENCE,
  UUID,
} from './forms.ts';

/**
 * The fields of bodies. Each decorator says once what a field may be: to the door, which refuses everything else, and to
 * the OpenAPI document. Nothing is trimmed, converted or defaulted; every string, number and list has its bounds.
 */

/** How long texts may be (docs/api.md, Manners), in characters. */
const WORDS = 65_536;
const TEXT = 10_000;
const SHORT_TEXT = 300;

const aString: Demand = ['wrong-type', 'This must be a string.', (value: unknown) => typeof value === 'string'];
const anObject: Demand = ['wrong-type', 'This must be an object.', (value: unknown) => isObject(value)];

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (said: Said, maxLength: number): PropertyDecorator =>
  field(said, { type: 'string', minLength: 1, maxLength }, [
    aString,
    ['too-long', `At most ${maxLength} characters.`, (value: string) => lengthOf(value) <= maxLength],
    ['unstorable', 'NUL and halves of surrogate pairs cannot be stored.', isStorable],
    ['blank', 'Must not be blank.', isWritten],
  ]);

const patterned = (said: Said, detail: string, pattern: RegExp, maxLength: number): PropertyDecorator =>
  field(said, { type: 'string', pattern: pattern.source, maxLength }, [
    aString,
    ['wrong-form', detail, (value: string) => value.length <= maxLength && pattern.test(value)],
  ]);

/** The customer's own words. */
export const Words = (said: Said = {}): PropertyDecorator => text(said, WORDS);
/** Any other text. */
export const Text = (said: Said = {}): PropertyDecorator => text(said, TEXT);
/** A name, a number, an address: one short text. */
export const ShortText = (said: Said = {}): PropertyDecorator => text(said, SHORT_TEXT);

/** A code: lower-case words joined by hyphens, at most 64 characters. */
export const Code = (said: Said = {}): PropertyDecorator =>
  patterned(said, 'A code: lower-case letters and digits joined by hyphens, at most 64 characters.', CODE, 64);

/** Who acts: a handle, never a name or an address. */
export const ActorId = (said: Said = {}): PropertyDecorator =>
  patterned(said, 'A handle of letters, digits, dots, underscores and hyphens, at most 64 characters.', HANDLE, 64);

/** A customer's reference or an order, as the organisation writes it. */
export const Reference = (said: Said = {}): PropertyDecorator =>
  patterned(said, 'Letters, digits, dots, underscores and hyphens, at most 64 characters.', REFERENCE, 64);

export const Id = (said: Said = {}): PropertyDecorator =>
  field(said, { type: 'string', format: 'uuid', pattern: UUID.source }, [
    aString,
    ['wrong-form', 'A lower-case UUID.', (value: string) => UUID.test(value)],
  ]);

export const LanguageTag = (said: Said = {}): PropertyDecorator =>
  patterned({ example: 'en', ...said }, 'A language tag such as `en` or `pt-BR`.', LANGUAGE, 35);

export const Currency = (said: Said = {}): PropertyDecorator =>
  patterned({ example: 'EUR', ...said }, 'A currency of three capital letters (ISO 4217).', /^[A-Z]{3}$/, 3);

export const InstantField = (said: Said = {}): PropertyDecorator =>
  field({ example: '2026-03-01T09:00:00.000Z', ...said }, { type: 'string', format: 'date-time', maxLength: 35 }, [
    aString,
    ['wrong-form', 'An instant such as 2026-03-01T09:00:00.000Z (RFC 3339), from 1900 on.', isInstant],
  ]);

export const Day = (said: Said = {}): PropertyDecorator =>
  field({ example: '2019-04-01', ...said }, { type: 'string', format: 'date', maxLength: 10 }, [
    aString,
    ['wrong-form', 'A calendar day such as 2019-04-01, from 1900 on.', isDay],
  ]);

export const Duration = (said: Said = {}): PropertyDecorator =>
  field({ example: 'P3D', ...said }, { type: 'string', format: 'duration', maxLength: 40 }, [
    aString,
    ['wrong-form', 'An ISO 8601 duration in whole numbers, such as P3D or PT4H.', isDuration],
  ]);

export const Flag = (said: Said = {}): PropertyDecorator =>
  field(said, { type: 'boolean' }, [['wrong-type', 'true or false.', (value: unknown) => typeof value === 'boolean']]);

const whole = (said: Said, minimum: number, maximum: number): PropertyDecorator =>
  field(said, { type: 'integer', minimum, maximum }, [
    ['wrong-type', 'This must be a whole number.', (value: unknown) => Number.isInteger(value)],
    ['out-of-range', `From ${minimum} to ${maximum}.`, (value: number) => value >= minimum && value <= maximum],
  ]);

/** 1 to 5. */
export const Score = (said: Said = {}): PropertyDecorator => whole(said, 1, 5);
/** A sum in the currency's smallest unit. */
export const Amount = (said: Said = {}): PropertyDecorator => whole(said, 0, Number.MAX_SAFE_INTEGER);

/** One of a closed set. */
export const Choice = (values: readonly string[], said: Said = {}): PropertyDecorator =>
  field(said, { type: 'string', enum: [...values] }, [
    aString,
    ['unknown-value', `One of ${values.join(', ')}.`, (value: string) => values.includes(value)],
  ]);

/** At most `most` codes, each once. */
export const Codes = (most: number, said: Said = {}): PropertyDecorator =>
  field(
    said,
    {
      type: 'array',
      items: { type: 'string', pattern: CODE.source, maxLength: 64 },
      maxItems: most,
      uniqueItems: true,
    },
    [
      [
        'wrong-type',
        'This must be a list of codes.',
        (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
      ],
      ['too-many', `At most ${most}.`, (value: string[]) => value.length <= most],
      [
        'wrong-form',
        'Codes are lower-case letters and digits joined by hyphens.',
        (value: string[]) => value.every((one) => one.length <= 64 && CODE.test(one)),
      ],
      ['not-unique', 'Each only once.', (value: string[]) => new Set(value).size === value.length],
    ],
  );

type Shape = new () => object;

/** The document's generator asks a function for the class only when it is called `type`. */
const later = (shape: () => Shape): (() => Shape) => {
  const type = (): Shape => shape();
  return type;
};

/** An object of the given class. */
export const Inside = (shape: () => Shape, said: Said = {}): PropertyDecorator =>
  field(said, { type: later(shape) }, [anObject], ValidateNested(), Type(shape));

/** A list of objects of the given class. */
export const ListOf = (shape: () => Shape, most: number, said: Said = {}): PropertyDecorator =>
  field(
    said,
    { type: later(shape), isArray: true, maxItems: most },
    [
      [
        'wrong-type',
        'This must be a list of objects.',
        (value: unknown) => Array.isArray(value) && value.every(isObject),
      ],
      ['too-many', `At most ${most}.`, (value: object[]) => value.length <= most],
    ],
    ValidateNested({ each: true }),
    Type(shape),
  );

/** Members that only the rule can judge: any JSON object of at most `most` members. */
export const Members = (most: number, said: Said = {}): PropertyDecorator =>
  field(said, { type: 'object', additionalProperties: true, minProperties: 1, maxProperties: most }, [
    anObject,
    ['too-few', 'At least one member.', (value: object) => Object.keys(value).length >= 1],
    ['too-many', `At most ${most} members.`, (value: object) => Object.keys(value).length <= most],
  ]);
