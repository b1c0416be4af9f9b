import { writeFileSync } from 'node:fs';
import { SETTINGS_DOCUMENT, settingsDocument } from './help.ts';

/** Part of `npm run generate`. */
writeFileSync(SETTINGS_DOCUMENT, settingsDocument());
