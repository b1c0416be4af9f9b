import { causes } from './causes.ts';
import type { Chapter } from './command-description.ts';
import { conversation } from './conversation.ts';
import { ending } from './ending.ts';
import { followUpCalls } from './follow-up-calls.ts';
import { intake } from './intake.ts';
import { issues } from './issues.ts';
import { promises } from './promises.ts';
import { rectification } from './rectification.ts';
import { remedy } from './remedy.ts';

/** All that can be asked of the desk by a door, by the chapters of the rules and in their order. */
export const CHAPTERS: readonly Chapter[] = [
  intake,
  conversation,
  promises,
  issues,
  causes,
  remedy,
  ending,
  rectification,
  followUpCalls,
];
