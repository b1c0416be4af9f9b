import { SETTINGS, type Setting } from './table.ts';

const settings: [string, Setting][] = Object.entries(SETTINGS);

/** What `--help` prints. */
export const helpText = (): string => {
  const width = Math.max(...settings.map(([name]) => name.length));
  const lines = settings.map(([name, setting]) => `  ${name.padEnd(width)}  ${sentenceOf(name, setting)}`);
  return ['Settings (environment variables):', '', ...lines, ''].join('\n');
};

/** The README's table; a spec compares. */
export const settingsTable = (): string =>
  [
    '| variable | default | what |',
    '|---|---|---|',
    ...settings.map(
      ([name, setting]) =>
        `| \`${name}\` | ${setting.standard === undefined ? '' : `\`${setting.standard}\``} | ${sentence(name, setting)} |`,
    ),
    '',
  ].join('\n');

const sentence = (name: string, { means, secret }: Setting): string =>
  secret ? `${means} A secret: also as \`${name}_FILE\`.` : means;

const sentenceOf = (name: string, setting: Setting): string =>
  `${sentence(name, setting)}${setting.standard === undefined ? '' : ` Default: ${setting.standard}.`}`.replaceAll(
    '`',
    '',
  );
