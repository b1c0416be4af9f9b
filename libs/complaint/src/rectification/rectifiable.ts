import { Type, type TObject, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { pointerOf, tokensOf } from '#fact/json-pointer';
import '#fact/schema-kinds';
import { subjectOf } from '#fact/vocabulary';
import type { WrongPlace } from '../policy-codes.ts';

/** A problem tells no more wrong places than this. */
const MOST_PLACES = 100;
/** How long a personal text of a rectification may be, in characters: as long as the longest words of an intake. */
const LONGEST = 65_536;

/**
 * What is wrong with data that should rectify members of a fact: members that the fact's kind does not have, and values
 * of another type. Personal texts are plain, as they were sent. Pointers begin at `#/data`; no value is echoed.
 */
export const wrongMembers = (definition: TObject, data: Readonly<Record<string, unknown>>): WrongPlace[] => {
  const members = Object.keys(data);
  if (members.length === 0)
    return [{ pointer: '#/data', code: 'required', detail: 'At least one member must be rectified.' }];
  const wrong = members.flatMap((member): WrongPlace[] => {
    const pointer = pointerOf(['data', member]);
    if (!Object.hasOwn(definition.properties, member))
      return [{ pointer, code: 'unknown-member', detail: 'A fact of this kind has no such member.' }];
    const schema = asSent(definition.properties[member]!);
    return [...placesOf(Value.Errors(schema, data[member]))].map((path) => ({
      pointer: pointerOf(['data', member, ...tokensOf(path)]),
      code: 'wrong-type',
      detail: 'The value does not match the schema of this member.',
    }));
  });
  return wrong.slice(0, MOST_PLACES);
};

/** Each place once, and no more than anybody reads: each is found only when it is asked for. */
const placesOf = (errors: Iterable<{ readonly path: string }>): Set<string> => {
  const places = new Set<string>();
  for (const { path } of errors) if (places.add(path).size >= MOST_PLACES) break;
  return places;
};

/** The schema of a member before its personal texts are sealed; what it does not name, nobody may add. */
const asSent = (schema: TSchema): TSchema => {
  if (subjectOf(schema) !== undefined) return Type.String({ pattern: '\\S', maxLength: LONGEST });
  if (schema['type'] === 'object')
    return Type.Object(
      Object.fromEntries(
        Object.entries(schema['properties'] as Record<string, TSchema>).map(([name, property]) => [
          name,
          (schema['required'] as string[] | undefined)?.includes(name)
            ? asSent(property)
            : Type.Optional(asSent(property)),
        ]),
      ),
      { additionalProperties: false },
    );
  if (schema['type'] === 'array')
    return Type.Array(asSent(schema['items'] as TSchema), { minItems: schema['minItems'] as number | undefined });
  return schema;
};
