import { parseBody } from './body.ts';
import { Problem } from './problem.ts';
import { findJsonViolations } from './strict-json.ts';

const codesIn = (text: string): string[] => {
  JSON.parse(text);
  return findJsonViolations(text).map(({ pointer, code }) => `${pointer} ${code}`);
};

describe('a body of JSON', () => {
  it('may hold whatever text people write', () => {
    expect(codesIn('{"a":["\\"\\\\",{"b":"😀 {[,]} \\ud83d\\ude00"},-1.5e3,true,null],"é/~":{}}')).toEqual([]);
  });

  it.each([
    ['{"a":"x\\u0000"}', '#/a nul'],
    ['{"a":[{"b":"\\ud800"}]}', '#/a/0/b lone-surrogate'],
    ['{"a":["x","\\udc00x"]}', '#/a/1 lone-surrogate'],
    ['{"a\\u0000":1}', '#/a%00 nul'],
    ['{"\\ud800":1}', '#/%EF%BF%BD lone-surrogate'],
    ['{"a":{"b":1,"c":2,"b":3}}', '#/a/b duplicate-name'],
    ['{"a":1,"\\u0061":2}', '#/a duplicate-name'],
    ['{"__proto__":{}}', '#/__proto__ unknown-field'],
    ['{"a":[{"constructor":{"prototype":{}}}]}', '#/a/0/constructor unknown-field'],
    ['{"a":[{"\\u005f_proto__":1}]}', '#/a/0/__proto__ unknown-field'],
    ['{"a":1e999}', '#/a out-of-range'],
    ['{"a/b":{"c~d":-1e999}}', '#/a~1b/c~0d out-of-range'],
  ])('may not be %s', (text, expected) => {
    expect(codesIn(text)).toContain(expected);
  });

  it('takes the same name in different objects', () => {
    expect(codesIn('[{"a":1},{"a":{"a":2}}]')).toEqual([]);
  });

  it('is at most 32 levels deep, and a million levels are no trouble', () => {
    expect(codesIn('['.repeat(32) + ']'.repeat(32))).toEqual([]);
    expect(codesIn('['.repeat(33) + ']'.repeat(33))).toHaveLength(1);
    expect(findJsonViolations('['.repeat(500_000) + ']'.repeat(500_000))).toMatchObject([{ code: 'too-deep' }]);
    expect(codesIn(`{"a":${'{"b":'.repeat(40)}1${'}'.repeat(40)}}`)[0]).toMatch(/ too-deep$/);
  });

  it('has at most 256 members in one object and 10,000 elements in one list, and millions are no trouble', () => {
    const members = (count: number) => `{${Array.from({ length: count }, (_, at) => `"k${at}":1`).join(',')}}`;
    const elements = (count: number) => `[${Array.from({ length: count }, () => 1).join(',')}]`;
    expect(codesIn(`{"a":${members(256)},"b":${members(256)}}`)).toEqual([]);
    expect(codesIn(`{"a":[1,${members(257)}]}`)).toEqual(['#/a/1 too-many']);
    expect(codesIn(members(90_000))).toEqual(['# too-many']);
    expect(codesIn(`{"a":${elements(10_000)}}`)).toEqual([]);
    expect(codesIn(`{"a":{"b":${elements(10_001)}}}`)).toEqual(['#/a/b too-many']);
    const objects = (count: number) => `[${Array.from({ length: count }, () => members(10)).join(',')}]`;
    expect(codesIn(`{"a":${objects(2_999)}}`)).toEqual([]);
    expect(codesIn(`{"a":${objects(3_000)}}`)).toEqual(['#/a/2999 too-many']);
  });

  it('tells at most a hundred places', () => {
    expect(codesIn(`[${'"\\u0000",'.repeat(500)}1]`)).toHaveLength(100);
  });

  it.each(['[]', '"x"', 'null', '1', 'true'])('must be an object, not %s', (text) => {
    expect(parseBody(text)).toMatchObject({
      code: 'invalid-body',
      members: { errors: [{ pointer: '#', code: 'wrong-type' }] },
    });
  });

  it.each(['', ' ', '{', '{"a":1}}', "{'a':1}", '{"a":NaN}'])('must be JSON, not %j', (text) => {
    const problem = parseBody(text);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code: 'malformed-json' });
  });
});
