import type { ChapterEvent, ComplaintChapter, ComplaintEvent } from '#complaint/events';
import { causesContract } from './complaint/causes.ts';
import { clocksContract } from './complaint/clocks.ts';
import { conversationContract } from './complaint/conversation.ts';
import { endingContract } from './complaint/ending.ts';
import { intakeContract } from './complaint/intake.ts';
import { issuesContract } from './complaint/issues.ts';
import { promisesContract } from './complaint/promises.ts';
import { rectificationContract } from './complaint/rectification.ts';
import { remedyContract } from './complaint/remedy.ts';
import type { Contract } from './public-form.ts';

/** Total over the chapters, and within each over its facts. */
const chapters: { readonly [Chapter in ComplaintChapter]: Contract<ChapterEvent<Chapter>> } = {
  intake: intakeContract,
  conversation: conversationContract,
  promises: promisesContract,
  issues: issuesContract,
  causes: causesContract,
  remedy: remedyContract,
  clocks: clocksContract,
  ending: endingContract,
  rectification: rectificationContract,
};

/**
 * What departments and other systems learn of a complaint. NOTE: published for ever; a form only gains optional fields.
 *
 * What is left out, and why: words, names and whatever else is personal (docs/domain.md §10); who handled, decided or erred
 * (docs/domain.md §6, no blame); needs, tone, threats and the purchase's value, which say something about a person and nothing
 * about a process. What was left out can be added; what was published cannot be taken back.
 */
export const complaintContract = Object.assign({}, ...Object.values(chapters)) as Contract<ComplaintEvent>;
