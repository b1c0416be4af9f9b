import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { anchorOf, documentsIn, headingsOf } from './markdown.ts';

const INDEX = 'docs/architecture.md';
const [BEGIN, END] = ['<!-- decisions:begin -->\n', '<!-- decisions:end -->'];

/** The index of every decision that a DECISIONS.md holds, by room. */
export const decisionsIndex = (): string =>
  documentsIn()
    .filter((file) => file.endsWith('/DECISIONS.md'))
    .sort()
    .map((file) => {
      const decisions = headingsOf(file).filter(({ level }) => level === 2);
      const lines = decisions.map(({ text }) => `- [${titleOf(text)}](../${file}#${anchorOf(text)})`);
      return `**${dirname(file).replace('/src', '')}**\n\n${lines.join('\n')}\n\n`;
    })
    .join('');

/** Numbers and dates order the decisions of a room; in the index they are noise. */
const titleOf = (heading: string): string => heading.replace(/^(?:\d+\. |\d{4}-\d{2}(?:-\d{2})? · )/, '');

export const indexAsWritten = (): string =>
  readFileSync(INDEX, 'utf8').split(BEGIN).at(1)?.split(END).at(0) ?? 'there is no index';

export const writeIndex = (): void => {
  const [before, rest] = readFileSync(INDEX, 'utf8').split(BEGIN) as [string, string];
  writeFileSync(INDEX, `${before}${BEGIN}${decisionsIndex()}${END}${rest.split(END)[1]!}`);
};
