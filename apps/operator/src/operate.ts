import { SettingsError, readSettings } from '#settings/settings';
import { NotUnderstood, OperatorError, type Command, type ExitCode, type Out } from './command.ts';

/** What `--help` prints. */
export const usageOf = (commands: readonly Command[]): string => {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'npm run operate -- <command> [options]',
    '',
    ...commands.map(({ name, means }) => `  ${name.padEnd(width)}  ${means}`),
    '',
    '<command> --help says more. Where the ledger, the keys and the lists are is read from the service’s own environment',
    'variables (DATABASE_URL, EVENTSTORE_URL, MASTER_KEY_FILE, …): secrets are no arguments.',
  ].join('\n');
};

/** Carries out one command line; the sentence of what stands in its way is said, anything else is thrown. */
export const operate = async (commands: readonly Command[], args: readonly string[], out: Out): Promise<ExitCode> => {
  const [name, ...rest] = args;
  const command = commands.find((known) => known.name === name);
  if (!command) {
    if (name !== undefined && name !== '--help') out.say(`There is no command ${JSON.stringify(name)}.\n`);
    out.say(usageOf(commands));
    return name === '--help' ? 0 : 2;
  }
  if (rest.includes('--help')) {
    out.say(`${command.name}: ${command.means}\n\n${command.usage}`);
    return 0;
  }
  try {
    return await command.run(rest, readSettings(out.environment, { standalone: true }), out);
  } catch (error) {
    if (error instanceof NotUnderstood) {
      out.say(`${error.message}\n\n${command.usage}`);
      return 2;
    }
    if (!(error instanceof OperatorError) && !(error instanceof SettingsError)) throw error;
    out.say(`${command.name} failed. ${error.message}`);
    return 1;
  }
};
