import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { instantIn, isDay, isInstant, isStorable, isWritten, lengthOf, normalInstant } from './forms.ts';
import { ReceiptBody } from './commands/receive-body.ts';

type Shape = new () => object;

const wrong = (shape: Shape, value: object): string[] =>
  placesIn(
    validateSync(plainToInstance(shape, value), {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
    }),
  );

const placesIn = (errors: readonly ValidationError[], path = ''): string[] =>
  errors.flatMap((error) => [
    ...Object.keys(error.constraints ?? {}).map((name) => `${path}/${error.property} ${name}`),
    ...placesIn(error.children ?? [], `${path}/${error.property}`),
  ]);

const least = { channel: 'phone', words: 'Nobody called.' };
const with_ = (members: object): string[] => wrong(ReceiptBody, { ...least, ...members });

describe('a body', () => {
  it('needs what is required, and nothing else', () => {
    expect(wrong(ReceiptBody, least)).toEqual([]);
    expect(wrong(ReceiptBody, {})).toEqual(expect.arrayContaining(['/channel required', '/words required']));
  });

  it('takes nothing unknown, however deep', () => {
    expect(with_({ colour: 'red' })).toEqual(['/colour whitelistValidation']);
    expect(with_({ issues: [{ category: 'late', process: { department: 'x', person: 'y' } }] })).toEqual([
      '/issues/0/process/person whitelistValidation',
    ]);
  });

  it('does not take null for absent', () => {
    for (const member of [
      'summary',
      'language',
      'customer',
      'issues',
      'threatToLeave',
      'purchase',
      'desiredOutcomes',
      'effectiveAt',
    ])
      expect([member, with_({ [member]: null })]).toEqual([member, expect.arrayContaining([`/${member} wrong-type`])]);
  });

  it('takes no list for an object, no object for a list, and nothing but objects in a list of objects', () => {
    expect(with_({ customer: [{ name: 'Ada' }] })).toContain('/customer wrong-type');
    expect(with_({ issues: { category: 'late' } })).toContain('/issues wrong-type');
    expect(with_({ issues: [null] })).toContain('/issues wrong-type');
    expect(with_({ issues: [[{ category: 'late' }]] })).toContain('/issues wrong-type');
    expect(with_({ issues: ['late'] })).toContain('/issues wrong-type');
  });

  it('has bounds: words of 65,536 characters, 50 issues, 20 outcomes', () => {
    expect(with_({ words: 'a'.repeat(65_536) })).toEqual([]);
    expect(with_({ words: 'a'.repeat(65_537) })).toEqual(['/words too-long']);
    expect(with_({ words: '😀'.repeat(65_536) })).toEqual([]);
    expect(with_({ words: '😀'.repeat(65_537) })).toEqual(['/words too-long']);
    expect(with_({ issues: Array.from({ length: 51 }, () => ({ category: 'late' })) })).toEqual(['/issues too-many']);
    expect(with_({ desiredOutcomes: Array.from({ length: 21 }, (_, n) => `outcome-${n}`) })).toEqual([
      '/desiredOutcomes too-many',
    ]);
  });

  it('takes whole, small enough sums only', () => {
    const sum = (amount: unknown) => with_({ purchase: { value: { amount, currency: 'EUR' } } });
    for (const good of [0, 1, Number.MAX_SAFE_INTEGER]) expect(sum(good)).toEqual([]);
    for (const bad of [-1, 1.5, Number.MAX_SAFE_INTEGER + 1, '1', null, NaN, Infinity])
      expect(sum(bad)).not.toEqual([]);
  });
});

describe('texts', () => {
  it.each(['', ' ', '\t\n', '\u00a0\u2003', '\u200b', 'a\u0000', '\ud800', 'x\udc00y'])('%j is none', (text) =>
    expect(isWritten(text) && isStorable(text)).toBe(false),
  );
  it.each([' a ', 'é', '😀', 'عربي', '-', '\u202eabc'])('%j is one', (text) =>
    expect(isWritten(text) && isStorable(text)).toBe(true),
  );
  it('are counted in characters, not in halves of them', () => expect(lengthOf('a😀é')).toBe(3));
});

/** One reading for bodies and for query parameters (docs/formats.md, Time). */
describe('instants', () => {
  it.each([
    ['2026-03-01T09:00:00Z', '2026-03-01T09:00:00.000Z'],
    ['2026-03-01T09:00:00.5Z', '2026-03-01T09:00:00.500Z'],
    ['2026-03-01t09:00:00.1z', '2026-03-01T09:00:00.100Z'],
    ['2026-03-01T09:00:00.123999999Z', '2026-03-01T09:00:00.123Z'],
    ['2026-03-01T00:30:00+02:00', '2026-02-28T22:30:00.000Z'],
    ['2024-02-29T00:30:00+01:00', '2024-02-28T23:30:00.000Z'],
  ])('%s is stored as %s', (written, stored) => {
    expect(instantIn(written)).toBe(stored);
    expect(isInstant(written)).toBe(true);
    expect(normalInstant(written)).toBe(stored);
  });
  it.each([
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T09:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T09:60:00Z',
    '2026-03-01T23:59:60Z',
    '2026-03-01T09:00:00',
    '2026-03-01',
    '2026-03-01 09:00:00Z',
    '2026-03-01T09:00Z',
    '2026-03-01T09:00:00+24:00',
    '0000-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59-10:00',
    '+002026-03-01T09:00:00Z',
    'now',
    '',
  ])('%s is none', (written) => {
    expect(instantIn(written)).toBeUndefined();
    expect(isInstant(written)).toBe(false);
    expect(() => normalInstant(written)).toThrow(RangeError);
  });
  it('in bodies they begin with 1900; who asks may name any', () => {
    expect(isInstant('1899-12-31T23:59:59Z')).toBe(false);
    expect(isInstant('1900-01-01T00:30:00+01:00')).toBe(false);
    expect(instantIn('0004-02-29T00:00:00Z')).toBe('0004-02-29T00:00:00.000Z');
  });
  it.each([5, null])('%s is none', (written) => expect(isInstant(written)).toBe(false));
  it.each(['2026-02-30', '2026-2-3', '2026-03-01T00:00:00Z', '0000-01-01', ''])('%s is no day', (day) =>
    expect(isDay(day)).toBe(false),
  );
});

describe('every body class', () => {
  const shapes: [string, Shape][] = [];
  for (const file of [...readdirSync(join(__dirname, 'commands')).map((name) => `commands/${name}`), 'shapes.ts'])
    if (file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      // Specs run as CommonJS; which files there are is only known by looking.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      for (const [name, value] of Object.entries(require(`./${file}`) as Record<string, unknown>))
        if (name.endsWith('Body') && typeof value === 'function') shapes.push([name, value as Shape]);

  it('is found by this walk', () => expect(shapes.length).toBeGreaterThan(35));

  it.each(shapes)('%s: each property is validated, bounded and described', (_, shape) => {
    const described =
      (Reflect.getMetadata('swagger/apiModelPropertiesArray', shape.prototype as object) as string[] | undefined) ?? [];
    const names = described.map((name) => name.slice(1)); // Nest writes `:name`
    expect(Object.keys(new shape()).every((name) => names.includes(name))).toBe(true);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const rules = getMetadataStorage()
        .getTargetValidationMetadatas(shape, '', false, false)
        .filter(({ propertyName }) => propertyName === name);
      expect([name, rules.some((rule) => rule.type === 'customValidation' && rule.name !== 'required')]).toEqual([
        name,
        true,
      ]);
      const schema = Reflect.getMetadata('swagger/apiModelProperties', shape.prototype as object, name) as Record<
        string,
        unknown
      >;
      expect([name, isBounded(schema)]).toEqual([name, true]);
    }
  });
});

/** Strings and lists have a length, numbers a range; objects are classes of their own, walked by themselves. */
const isBounded = (schema: Record<string, unknown>): boolean => {
  if (schema['isArray'] === true) return typeof schema['maxItems'] === 'number';
  switch (schema['type']) {
    case 'string':
      return ['maxLength', 'enum', 'format'].some((bound) => schema[bound] !== undefined);
    case 'integer':
      return schema['minimum'] !== undefined && schema['maximum'] !== undefined;
    case 'boolean':
      return true;
    case 'array':
      return schema['maxItems'] !== undefined;
    case 'object':
      return schema['maxProperties'] !== undefined;
    default:
      return typeof schema['type'] === 'function';
  }
};
