import { idOf } from '#fact/stream-kind';
import { causesAtFirst, causesFold } from './causes/state.ts';
import { clocksAt, clocksFold, duesAfter } from './clocks/state.ts';
import type { Complaint } from './complaint.ts';
import { conversationAtFirst, conversationFold } from './conversation/state.ts';
import { endingAt, endingFold } from './ending/state.ts';
import type { ComplaintEvent, ComplaintFact, ComplaintFactOf } from './events.ts';
import { added } from './fold.ts';
import { intakeAt, intakeFold } from './intake/state.ts';
import { issuesAt, issuesFold } from './issues/state.ts';
import { promisesAtFirst, promisesFold } from './promises/state.ts';
import { rectificationAtFirst, rectificationFold } from './rectification/state.ts';
import { remedyAtFirst, remedyFold } from './remedy/state.ts';

/** What each kind of fact changes. Total: each chapter's fold is, and a chapter without one does not compile. */
const folds: {
  readonly [Type in ComplaintEvent['type']]:
    'ignored' | ((complaint: Complaint, fact: ComplaintFactOf<Type>) => Partial<Complaint>);
} = {
  ...intakeFold,
  ...conversationFold,
  ...promisesFold,
  ...issuesFold,
  ...causesFold,
  ...remedyFold,
  ...clocksFold,
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

const foldOf = (type: ComplaintFact['type']) =>
  folds[type] as 'ignored' | ((complaint: Complaint, fact: ComplaintFact) => Partial<Complaint>);

/** Records and never refuses: history already happened. */
export const evolve = (before: Complaint | undefined, fact: ComplaintFact): Complaint => {
  if (before === undefined) return begin(fact);
  const fold = foldOf(fact.type);
  return {
    ...before,
    ...(fold !== 'ignored' && fold(before, fact)),
    dues: duesAfter(before.dues, fact),
    facts: added(before.facts, { id: fact.id, type: fact.type }),
  };
};
