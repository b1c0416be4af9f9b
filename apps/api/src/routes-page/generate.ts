import { writeFileSync } from 'node:fs';
import { DOORS } from '../doors/doors.ts';
import { FEED_DOORS } from '../feed/feed-doors.ts';
import { doorsIn, routesPage } from './page.ts';
import { ruleFiles } from './rule-files.ts';

/** Writes docs/routes.md, in the checkout that it is started in. */
writeFileSync('docs/routes.md', routesPage(doorsIn([...DOORS, ...FEED_DOORS]), ruleFiles('.')));
