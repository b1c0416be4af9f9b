import { isPublished, nouns } from '#nouns/nouns';
import { policyJsonSchema } from '#policy/policy-schema';
import { asyncApi } from './asyncapi.ts';
import { publicTypes, publishedNouns } from './contracts.ts';
import { eventsPage, privateEventsPage } from './events-page.ts';
import { jsonSchema } from './json-schemas.ts';

/** Every file that is generated from the definitions and checked in: path in the checkout → content. */
export const generatedFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...publicTypes.map((type): [string, string] => [`${SCHEMAS}/${type.type}.json`, asJson(jsonSchema(type))]),
    ['libs/contract/asyncapi.json', asJson(asyncApi())],
    ...publishedNouns.map((noun): [string, string] => [`libs/${noun.noun}/EVENTS.md`, eventsPage(noun)]),
    ...nouns
      .filter((kind) => !isPublished(kind))
      .map((kind): [string, string] => [`libs/${kind.noun}/EVENTS.md`, privateEventsPage(kind)]),
    ['libs/policy/policy.schema.json', asJson(policyJsonSchema())],
  ]);

export const SCHEMAS = 'libs/contract/schemas';

/** The schemas that consumers may already rely on; the gate of test/contract compares with them. */
export const PUBLISHED = 'test/contract/published';

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
