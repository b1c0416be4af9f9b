import { SETTINGS, type Setting } from './table.ts';

const settings: [string, Setting][] = Object.entries(SETTINGS);

/** What `--help` prints. */
export const helpText = (): string => {
  const width = Math.max(...settings.map(([name]) => name.length));
  const lines = settings.map(([name, setting]) => `  ${name.padEnd(width)}  ${sentenceOf(name, setting)}`);
  return ['Settings (environment variables):', '', ...lines, ''].join('\n');
};

export const SETTINGS_DOCUMENT = 'docs/settings.md';

/** The whole document; `npm run generate` writes it. */
export const settingsDocument = (): string =>
  `# Settings

Environment variables, read once at the start; written by \`npm run generate\` from \`libs/settings\`. A program says with \`--help\` what it reads. An empty variable is an absent one. A bad value stops the start with a sentence that says which and why. What to choose: [operations.md](operations.md).

${settingsTable()}`;

const settingsTable = (): string =>
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
