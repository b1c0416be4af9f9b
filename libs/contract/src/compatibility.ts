import type { Json, JsonObject } from '#fact/json';

/** Keywords that say nothing about which data is valid. */
const ANNOTATIONS = new Set(['$schema', 'title', 'description', 'examples']);

/**
 * What stands between a published schema and its successor: empty when all that changed is that optional fields came
 * and explanations were reworded. Widening counts as well: a consumer relies on what was promised, and messages lie in
 * the topics for ever, so each schema must fit all of them.
 */
export const incompatibilities = (published: JsonObject, now: JsonObject, at = '#'): string[] => {
  const keywords = [...new Set([...Object.keys(published), ...Object.keys(now)])].filter(
    (word) => !ANNOTATIONS.has(word),
  );
  return keywords.flatMap((word) => {
    const here = `${at}/${word}`;
    const [before, after] = [published[word], now[word]];
    if (word === 'properties') return lostOrChanged(asObject(before), asObject(after), here);
    if (word === 'required') return otherRequired(asList(before), asList(after), here);
    if (word === 'items' && before !== undefined && after !== undefined)
      return incompatibilities(asObject(before), asObject(after), here);
    return sameJson(before, after) ? [] : [`${here} was ${print(before)} and is ${print(after)}`];
  });
};

const lostOrChanged = (before: JsonObject, after: JsonObject, at: string): string[] =>
  Object.keys(before).flatMap((name) => {
    const successor = Object.hasOwn(after, name) ? after[name] : undefined;
    return successor === undefined
      ? [`${at}/${name} is gone`]
      : incompatibilities(asObject(before[name]), asObject(successor), `${at}/${name}`);
  });

const otherRequired = (before: readonly Json[], after: readonly Json[], at: string): string[] => [
  ...after.filter((name) => !before.includes(name)).map((name) => `${at} gained ${print(name)}`),
  ...before.filter((name) => !after.includes(name)).map((name) => `${at} lost ${print(name)}`),
];

const asObject = (value: Json | undefined): JsonObject => (value ?? {}) as JsonObject;
const asList = (value: Json | undefined): readonly Json[] => (value ?? []) as readonly Json[];
const print = (value: Json | undefined): string => (value === undefined ? 'absent' : JSON.stringify(value));

const sameJson = (one: Json | undefined, other: Json | undefined): boolean =>
  print(sorted(one)) === print(sorted(other));
const sorted = (value: Json | undefined): Json | undefined =>
  Array.isArray(value)
    ? value.map((item: Json) => sorted(item)!)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, member]) => [key, sorted(member)!]),
        )
      : value;
