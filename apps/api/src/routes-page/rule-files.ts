import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandDescription } from '#desk/commands/command-description';

/** The rooms whose rules people ask. */
const ROOMS = ['complaint', 'follow-up'];

/** Where a rule lies, and its name there. */
export interface RuleFile {
  readonly name: string;
  readonly path: string;
}

/** Finds a rule in the checkout. Throws when it lies nowhere, or in two places. */
export const ruleFiles = (checkout: string): ((rule: CommandDescription['rule']) => RuleFile) => {
  const sources = ROOMS.flatMap((room) =>
    readdirSync(join(checkout, 'libs', room, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/\.(spec|stories)\.ts$/.test(name))
      .map((name) => `libs/${room}/src/${name}`)
      .map((path) => ({ path, text: readFileSync(join(checkout, path), 'utf8') })),
  );
  return ({ step, name }) => {
    const declared =
      step === undefined ? `^export const (${name})\\b` : `^export const (\\w+) = \\w+\\(\\{\\s+step: '${step}',`;
    const found = sources.flatMap(({ path, text }) => {
      const match = new RegExp(declared, 'm').exec(text);
      return match ? [{ name: match[1]!, path }] : [];
    });
    if (found.length !== 1) throw new Error(`the rule ${step ?? name} lies in ${found.length} files`);
    return found[0]!;
  };
};
