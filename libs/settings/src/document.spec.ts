import { readFileSync } from 'node:fs';
import { SETTINGS_DOCUMENT, settingsDocument } from './help.ts';

describe('docs/settings.md', () => {
  it('is what `npm run generate` writes: every setting as the programs read it', () =>
    expect(readFileSync(SETTINGS_DOCUMENT, 'utf8')).toBe(settingsDocument()));
});
