import type { Type } from '@nestjs/common';
import type { CommandDescription } from '#desk/commands/command-description';
import { ROLE_GROUPS, type DoorDescription } from '#desk/roles';
import { doorOf } from '../doors/door.ts';
import type { RuleFile } from './rule-files.ts';

/** What a door may tell of itself besides where it is and who may go through it. */
type Told = DoorDescription & Partial<Pick<CommandDescription, 'rule' | 'facts' | 'refusals' | 'operation'>>;

/** The doors of controllers, in their order. */
export const doorsIn = (controllers: readonly Type[]): Told[] =>
  controllers.flatMap(({ prototype }) =>
    Object.getOwnPropertyNames(prototype).flatMap((name) => {
      const handler = (prototype as Record<string, unknown>)[name];
      return (typeof handler === 'function' && doorOf(handler)) || [];
    }),
  );

/** The page that tells what can be asked, by whom, and what it comes to: docs/routes.md. */
export const routesPage = (doors: readonly Told[], fileOf: (rule: CommandDescription['rule']) => RuleFile): string => {
  const writes = doors.filter(({ method }) => method !== 'GET');
  const reads = doors.filter(({ method }) => method === 'GET');
  return `<!-- Written by \`npm run generate\` from the descriptions of commands and queries; not by hand. -->
# Routes

Who may ask for what, and what comes of it. A role that may not is answered 403 \`role-not-allowed\` before anything else
of the request is looked at. What every write may answer besides its own refusals (400, 404, 412, 413, 415, 422, 503)
stands in [docs/api.md, Manners](./api.md).

${Object.entries(ROLE_GROUPS)
  .map(([name, roles]) => `- **${name}**: ${roles.join(', ')}`)
  .join('\n')}

## Writes

| door | who | what | rule | facts | refusals |
|---|---|---|---|---|---|
${writes.map((door) => row(addressOf(door), whoOf(door), door.summary, ruleOf(door, fileOf), coded(door.facts), coded(door.refusals))).join('\n')}

## Reads

| door | who | what |
|---|---|---|
${reads.map((door) => row(addressOf(door), whoOf(door), door.summary)).join('\n')}
`;
};

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const addressOf = ({ method, path }: Told): string => `\`${method} /${path.replace(/:([a-zA-Z]+)/g, '{$1}')}\``;

const whoOf = ({ roles }: Told): string => {
  if (roles === 'open') return 'anybody';
  return Object.entries(ROLE_GROUPS).find(([, group]) => group === roles)?.[0] ?? roles.join(', ');
};

const ruleOf = ({ rule }: Told, fileOf: (rule: CommandDescription['rule']) => RuleFile): string => {
  if (!rule) return '';
  const { name, path } = fileOf(rule);
  return `[\`${name}\`](../${path})`;
};

const coded = (codes: readonly string[] = []): string => codes.map((code) => `\`${code}\``).join(' ');
