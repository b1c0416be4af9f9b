import { parseArgs } from 'node:util';
import { NotUnderstood } from './command.ts';

/** `--name value` for each name, `--flag` for each flag, and nothing else. Throws NotUnderstood. */
export const optionsOf = <Name extends string, Flag extends string = never>(
  args: readonly string[],
  names: readonly Name[],
  flags: readonly Flag[] = [],
): Partial<Record<Name, string> & Record<Flag, boolean>> => {
  try {
    const options: Record<string, { type: 'string' | 'boolean' }> = {};
    for (const name of names) options[name] = { type: 'string' };
    for (const flag of flags) options[flag] = { type: 'boolean' };
    const { values } = parseArgs({ args: [...args], options, strict: true });
    return values as Partial<Record<Name, string> & Record<Flag, boolean>>;
  } catch (error) {
    throw new NotUnderstood((error as Error).message);
  }
};
