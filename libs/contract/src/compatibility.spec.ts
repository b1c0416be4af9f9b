import type { JsonObject } from '#fact/json';
import { incompatibilities } from './compatibility.ts';

const published: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:redress:schema:redress.complaint.sample.v1',
  title: 'sample',
  type: 'object',
  required: ['channel', 'issue'],
  properties: {
    channel: { type: 'string', pattern: '^[a-z]+$', maxLength: 64, examples: ['phone'] },
    title: { type: 'string', pattern: '^[a-z]+$' },
    issue: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string' }, count: { type: 'integer', minimum: 0, maximum: 9 } },
    },
    dues: {
      type: 'array',
      items: { type: 'object', required: ['due'], properties: { due: { type: 'string', format: 'date-time' } } },
    },
  },
};

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the changes below break the schema on purpose
type Breakable = any;

const changed = (change: (schema: Breakable) => void): JsonObject => {
  const copy = structuredClone(published) as never;
  change(copy);
  return copy;
};

describe('a published schema may', () => {
  it('stay as it is', () => expect(incompatibilities(published, published)).toEqual([]));

  it('gain an optional field, at any depth', () =>
    expect(
      incompatibilities(
        published,
        changed((s) => {
          s.properties.more = { type: 'string' };
          s.properties.issue.properties.more = { type: 'boolean' };
          s.properties.dues.items.properties.more = { type: 'integer' };
        }),
      ),
    ).toEqual([]));

  it('be explained better', () =>
    expect(
      incompatibilities(
        published,
        changed((s) => {
          s.title = 'a better title';
          s.description = 'what it is';
          s.properties.channel.examples = ['phone', 'email'];
          s.properties.channel.description = 'how it came in';
        }),
      ),
    ).toEqual([]));

  it('be written in another order', () =>
    expect(incompatibilities(published, Object.fromEntries(Object.entries(published).reverse()))).toEqual([]));
});

describe('a published schema may not', () => {
  it.each<[string, (schema: Breakable) => void, string]>([
    ['lose a field', (s) => delete s.properties.title, '#/properties/title is gone'],
    [
      'lose a field of a list',
      (s) => delete s.properties.dues.items.properties.due,
      '#/properties/dues/items/properties/due is gone',
    ],
    [
      'lose all fields of an object',
      (s) => delete s.properties.issue.properties,
      '#/properties/issue/properties/id is gone',
    ],
    ['require a field that was optional', (s) => s.required.push('title'), '#/required gained "title"'],
    [
      'gain a required field',
      (s) => {
        s.properties.more = { type: 'string' };
        s.required.push('more');
      },
      '#/required gained "more"',
    ],
    [
      'require something inside a list',
      (s) => s.properties.dues.items.required.push('from'),
      '#/properties/dues/items/required gained "from"',
    ],
    ['make a required field optional: consumers rely on it', (s) => s.required.pop(), '#/required lost "issue"'],
    [
      'change a type',
      (s) => (s.properties.issue.properties.count.type = 'number'),
      '#/properties/issue/properties/count/type was "integer" and is "number"',
    ],
    ['shorten a text', (s) => (s.properties.channel.maxLength = 10), '#/properties/channel/maxLength was 64 and is 10'],
    [
      'lengthen a text',
      (s) => (s.properties.channel.maxLength = 100),
      '#/properties/channel/maxLength was 64 and is 100',
    ],
    [
      'change a pattern',
      (s) => (s.properties.channel.pattern = '^[a-z0-9]+$'),
      '#/properties/channel/pattern was "^[a-z]+$" and is "^[a-z0-9]+$"',
    ],
    [
      'change a range',
      (s) => (s.properties.issue.properties.count.maximum = 5),
      '#/properties/issue/properties/count/maximum was 9 and is 5',
    ],
    [
      'lose a format',
      (s) => delete s.properties.dues.items.properties.due.format,
      '#/properties/dues/items/properties/due/format was "date-time" and is absent',
    ],
    [
      'gain an enumeration',
      (s) => (s.properties.channel.enum = ['phone']),
      '#/properties/channel/enum was absent and is ["phone"]',
    ],
    ['close an object', (s) => (s.additionalProperties = false), '#/additionalProperties was absent and is false'],
    [
      'demand more of a list',
      (s) => (s.properties.dues.minItems = 1),
      '#/properties/dues/minItems was absent and is 1',
    ],
    [
      'say nothing any more about the items of a list',
      (s) => delete s.properties.dues.items,
      '#/properties/dues/items was {"type":"object","required":["due"],"properties":{"due":{"type":"string","format":"date-time"}}} and is absent',
    ],
    [
      'get another name',
      (s) => (s.$id = 'urn:redress:schema:other'),
      '#/$id was "urn:redress:schema:redress.complaint.sample.v1" and is "urn:redress:schema:other"',
    ],
  ])('%s', (_title, change, said) => expect(incompatibilities(published, changed(change))).toContain(said));

  it('lose a field whose name is that of an annotation', () =>
    expect(
      incompatibilities(
        published,
        changed((s) => delete s.properties.title),
      ),
    ).not.toEqual([]));
});
