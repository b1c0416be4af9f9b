import { idOf } from '#fact/stream-kind';
import { causesAtFirst, causesFold } from './causes/state.ts';
import { clocksAfter, clocksAt } from './clocks/state.ts';
import type { Complaint } from './complaint.ts';
import { conversationAtFirst, conversationFold } from './conversation/state.ts';
import { endingAt, endingFold } from './ending/state.ts';
import type { ChapterEvent, ComplaintChapter, ComplaintFact, ComplaintFactOf } from './events.ts';
import { added } from './fold.ts';
import { intakeAt, intakeFold } from './intake/state.ts';
import { issuesAt, issuesFold } from './issues/state.ts';
import { promisesAtFirst, promisesFold } from './promises/state.ts';
import { rectificationAtFirst, rectificationFold } from './rectification/state.ts';
import { remedyAtFirst, remedyFold } from './remedy/state.ts';

/**
 * What each kind of fact changes, but for the clocks, which facts of every chapter change. Total: each chapter's fold is,
 * and a chapter without one does not compile.
 */
const folds: {
  readonly [Type in ChapterEvent<Exclude<ComplaintChapter, 'clocks'>>['type']]:
    'ignored' | ((complaint: Complaint, fact: ComplaintFactOf<Type>) => Partial<Complaint>);
} = {
  ...intakeFold,
  ...conversationFold,
  ...promisesFold,
  ...issuesFold,
  ...causesFold,
  ...remedyFold,
  ...endingFold,
  ...rectificationFold,
};

const begin = (fact: ComplaintFact): Complaint => {
  if (fact.type !== 'ComplaintReceived') throw new Error(`a complaint begins with its receipt, not with ${fact.type}`);
  return {
    id: idOf(fact),
    ...intakeAt(fact),
    ...conversationAtFirst,
    ...promisesAtFirst,
    ...issuesAt(fact),
    ...causesAtFirst,
    ...remedyAtFirst,
    ...clocksAt(fact),
    ...endingAt(fact),
    ...rectificationAtFirst,
    facts: added(rectificationAtFirst.facts, { id: fact.id, type: fact.type }),
  };
};

type Fold = 'ignored' | ((complaint: Complaint, fact: ComplaintFact) => Partial<Complaint>);
const foldOf = (type: ComplaintFact['type']): Fold => (folds as Partial<Record<string, Fold>>)[type] ?? 'ignored';

/** Records and never refuses: history already happened. */
export const evolve = (before: Complaint | undefined, fact: ComplaintFact): Complaint => {
  if (before === undefined) return begin(fact);
  const fold = foldOf(fact.type);
  return {
    ...before,
    ...(fold !== 'ignored' && fold(before, fact)),
    clocks: clocksAfter(before.clocks, fact),
    facts: added(before.facts, { id: fact.id, type: fact.type }),
  };
};
