import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandDescription } from '#desk/commands/command-description';

/** The rooms whose rules people ask. */
const ROOMS = ['complaint', 'follow-up'];

/** Finds in the checkout where a rule lies. Throws when it lies nowhere, or in two places. */
export const ruleFiles = (checkout: string): ((rule: CommandDescription['rule']) => string) => {
  const sources = ROOMS.flatMap((room) =>
    readdirSync(join(checkout, 'libs', room, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.(spec|stories)\.ts$/.test(name))
      .map((name) => `libs/${room}/src/${name}`)
      .map((path) => ({ path, text: readFileSync(join(checkout, path), 'utf8') })),
  );
  return ({ name }) => {
    const found = sources.filter(({ text }) => new RegExp(`^export const ${name}\\b`, 'm').test(text));
    if (found.length !== 1) throw new Error(`the rule ${name} lies in ${found.length} files of ${ROOMS.join(', ')}`);
    return found[0]!.path;
  };
};
