import type { EventOf } from '#fact/define-event';
import type { FactOf } from '#fact/fact';
import { causesEvents } from './causes/events.ts';
import { clocksEvents } from './clocks/events.ts';
import { conversationEvents } from './conversation/events.ts';
import { endingEvents } from './ending/events.ts';
import { intakeEvents } from './intake/events.ts';
import { issuesEvents } from './issues/events.ts';
import { promisesEvents } from './promises/events.ts';
import { rectificationEvents } from './rectification/events.ts';
import { remedyEvents } from './remedy/events.ts';

/** Every fact that a complaint's stream can hold, by the chapters of the conduct. */
export const complaintChapters = {
  intake: intakeEvents,
  conversation: conversationEvents,
  promises: promisesEvents,
  issues: issuesEvents,
  causes: causesEvents,
  remedy: remedyEvents,
  clocks: clocksEvents,
  ending: endingEvents,
  rectification: rectificationEvents,
} as const;

export type ComplaintChapter = keyof typeof complaintChapters;
/** The events of one chapter, or of several. */
export type ChapterEvent<Chapter extends ComplaintChapter> = EventOf<(typeof complaintChapters)[Chapter][number]>;

export type ComplaintEvent = ChapterEvent<ComplaintChapter>;
export type ComplaintFact = FactOf<ComplaintEvent>;
/** The facts of one type. */
export type ComplaintFactOf<Type extends ComplaintEvent['type']> = Extract<ComplaintFact, { readonly type: Type }>;

export const complaintEvents = Object.values(complaintChapters).flat();
