import type { ComplaintEvent, ComplaintFact } from '#complaint/events';
import type { Event } from '#fact/define-event';
import type { FactOf } from '#fact/fact';
import type { FollowUpEvent } from '#follow-up/events';
import type { RecurrenceEvent } from '#recurrence/events';
import type { Fire } from '#timers/fire-timers';
import type { Timer } from '#timers/timer';
import type { KnownComplaint } from '../recurrence-state.ts';
import { breakPromise } from './break-promise.ts';
import { evaluateRecurrence } from './evaluate-recurrence.ts';
import { missFirstResponse } from './miss-first-response.ts';
import { openFollowUp } from './open-follow-up.ts';
import { fire, timersOf, type FiringParts, type Reaction } from './reaction.ts';
import { supersedeFollowUp } from './supersede-follow-up.ts';

/** What follows from each kind of fact. Total: a new fact that nobody thought of does not compile. */
type Reactions<E extends Event> = {
  // What a reaction tells its own timers is its own business.
  readonly [Type in E['type']]: 'ignored' | Pick<Reaction<Extract<FactOf<E>, { type: Type }>>, 'process' | 'timers'>;
};

export const complaintReactions: Reactions<ComplaintEvent> = {
  ComplaintReceived: missFirstResponse,
  PromiseMade: breakPromise,
  ComplaintResolved: openFollowUp,
  ComplaintReopened: supersedeFollowUp,
  ComplaintAcknowledged: 'ignored',
  ContactGiven: 'ignored',
  HandlerAssigned: 'ignored',
  CustomerThanked: 'ignored',
  ApologyGiven: 'ignored',
  ResponsibilityAccepted: 'ignored',
  InformationRequested: 'ignored',
  InformationGiven: 'ignored',
  MessageRecorded: 'ignored',
  PromiseFulfilled: 'ignored', // no timer is cancelled: the rule looks again when it fires
  PromiseBroken: 'ignored',
  FirstResponseMissed: 'ignored',
  FirstResponseFoundTimely: 'ignored',
  CustomerAnswered: 'ignored',
  IssueAdded: 'ignored', // counted, see recurrence-state.ts
  IssueReclassified: 'ignored', // counted, see recurrence-state.ts
  IssueAssessed: 'ignored',
  CauseSuspected: 'ignored',
  CauseConfirmed: 'ignored',
  CauseExplained: 'ignored',
  ExplanationWaived: 'ignored',
  CorrectionMade: 'ignored',
  CompensationOffered: 'ignored',
  CompensationAccepted: 'ignored',
  CompensationDeclined: 'ignored',
  CompensationDelivered: 'ignored',
  ComplaintClosed: 'ignored',
  ComplaintWithdrawn: 'ignored',
  FactRectified: 'ignored',
  RuleOverridden: 'ignored',
};

/** Nothing follows from calls and recurrences yet; they are read so that a new kind of them asks for an answer here. */
export const followUpReactions: Reactions<FollowUpEvent> = {
  FollowUpOpened: 'ignored',
  CallAttempted: 'ignored',
  CustomerReached: 'ignored',
  CustomerNotReached: 'ignored',
  FollowUpRescheduled: 'ignored',
  FollowUpSuperseded: 'ignored',
};
export const recurrenceReactions: Reactions<RecurrenceEvent> = {
  RecurrenceNoticed: 'ignored',
  RecurrenceSubsided: 'ignored',
};

/** The timers that a complaint's fact sets. */
export const reactionsTo = (fact: ComplaintFact, complaint: KnownComplaint): readonly Timer[] => {
  const reaction = complaintReactions[fact.type] as 'ignored' | Reaction<ComplaintFact>;
  return reaction === 'ignored' ? [] : timersOf(reaction, fact, complaint);
};

const REACTIONS = [breakPromise, missFirstResponse, openFollowUp, supersedeFollowUp, evaluateRecurrence] as const;

/** What due timers of ours do, by their process. */
export const firing = (parts: FiringParts): Readonly<Record<string, Fire>> =>
  Object.fromEntries(
    REACTIONS.map((reaction) => [reaction.process, (timer) => fire(reaction as Reaction<never>, timer, parts)]),
  );
