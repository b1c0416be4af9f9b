import type { TSchema } from '@sinclair/typebox';
import type { EventDescription } from '#fact/define-event';
import { subjectOf } from '#fact/vocabulary';
import type { NounKind } from '#nouns/nouns';
import type { PublishedNoun } from './contracts.ts';
import { markerType, publicType } from './names.ts';

/** The EVENTS.md of one noun: every fact, what it means, what it holds, what of it is personal and what is published. */
export const eventsPage = ({ noun, topic, events, forms }: PublishedNoun): string =>
  [
    `# The facts of a ${noun}`,
    '',
    'Generated from the definitions; `npm run generate` writes it anew.',
    '',
    `Published on \`${topic}\`. Fields marked *personal* are stored encrypted and never published.`,
    ...events.flatMap((event) => ['', ...section(event, publishedAs(event, forms), formOf(event, forms))]),
    '',
  ].join('\n');

/** The EVENTS.md of a noun whose facts are not published. */
export const privateEventsPage = ({ noun, events }: Pick<NounKind, 'noun' | 'events'>): string =>
  [
    `# The facts of a ${noun}`,
    '',
    'Generated from the definitions; `npm run generate` writes it anew.',
    '',
    'Not published.',
    ...events.flatMap((event) => ['', ...section(event)]),
    '',
  ].join('\n');

const section = (event: EventDescription, published?: string, form?: TSchema): string[] => {
  const told = new Set(form ? fieldsOf(form, '', true).map(({ path }) => bare(path)) : []);
  const fields = fieldsOf(event.data, '', true);
  const shapes = event.past.length > 0 ? `, past shapes ${event.past.map((past) => past.version).join(', ')}` : '';
  return [
    `## ${event.type}`,
    '',
    event.means,
    '',
    `Shape ${event.version}${shapes}.${published ? ` ${published}` : ''}`,
    ...(fields.length === 0
      ? ['', 'Holds nothing but that it happened.']
      : [
          '',
          form ? '| field | holds | public |' : '| field | holds |',
          form ? '|---|---|---|' : '|---|---|',
          ...fields.map(
            ({ path, holds }) => `| \`${path}\` | ${holds} |${form ? ` ${told.has(bare(path)) ? 'yes' : ''} |` : ''}`,
          ),
        ]),
  ];
};

const formOf = (event: EventDescription, forms: PublishedNoun['forms']): TSchema | undefined => {
  const form = forms[event.type]!;
  return form === 'private' ? undefined : form.schema;
};

const publishedAs = (event: EventDescription, forms: PublishedNoun['forms']): string =>
  forms[event.type] === 'private'
    ? `Published as the marker \`${markerType(event.noun)}\`.`
    : `Published as [\`${publicType(event.noun, event.type)}\`](../contract/schemas/${publicType(event.noun, event.type)}.json).`;

const bare = (path: string): string => path.replaceAll('?', '');

interface Field {
  readonly path: string;
  readonly holds: string;
}

/** A schema's leaves: `issues[].process?.step?`. */
const fieldsOf = (schema: TSchema, path: string, required: boolean): Field[] => {
  const here = path === '' || required ? path : `${path}?`;
  const subject = subjectOf(schema);
  if (subject) return [{ path: here, holds: `*personal*: the ${subject}'s` }];
  if (schema.type === 'array') return fieldsOf(schema.items as TSchema, `${here}[]`, true);
  if (schema.type === 'object' && schema.properties !== undefined) {
    const needed = (schema.required ?? []) as string[];
    return Object.entries(schema.properties as Record<string, TSchema>).flatMap(([name, member]) =>
      fieldsOf(member, here === '' ? name : `${here}.${name}`, needed.includes(name)),
    );
  }
  return [{ path: here, holds: kindOf(schema) }];
};

const kindOf = (schema: TSchema): string => {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${String(value)}\``).join(' · ');
  if (schema.type !== 'string') return String(schema.type ?? 'anything');
  const pattern = String(schema.pattern ?? '');
  if (schema.format === 'uuid') return 'id';
  if (schema.format === 'date-time') return 'instant';
  if (schema.format === 'date') return 'day';
  if (pattern.startsWith('^P(')) return 'duration';
  if (pattern === '^[A-Z]{3}$') return 'currency';
  if (pattern === '^[a-z0-9]+(-[a-z0-9]+)*$') return 'code';
  return pattern === '' ? 'string' : `string of \`${pattern.replaceAll('|', '\\|')}\``;
};
