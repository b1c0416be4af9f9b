import { readFileSync } from 'node:fs';
import { settingsTable } from './help.ts';

describe('the README', () => {
  it('lists every setting as the programs read it', () => {
    const [, between] =
      /<!-- settings:begin -->\n([\s\S]*?)<!-- settings:end -->/.exec(readFileSync('README.md', 'utf8')) ?? [];
    expect(between).toBe(settingsTable());
  });
});
