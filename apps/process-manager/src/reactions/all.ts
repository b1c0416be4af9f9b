import type { ChapterEvent, ComplaintFact } from '#complaint/events';
import type { Event } from '#fact/define-event';
import type { FactOf } from '#fact/fact';
import type { Fire } from '#timers/fire-timers';
import type { Timer } from '#timers/timer';
import type { KnownComplaint } from '../recurrence-state.ts';
import { breakPromise } from './break-promise.ts';
import { evaluateRecurrence } from './evaluate-recurrence.ts';
import { missClocks } from './miss-clocks.ts';
import { openFollowUp } from './open-follow-up.ts';
import { fire, timersOf, type FiringParts, type Reaction } from './reaction.ts';
import { supersedeFollowUp } from './supersede-follow-up.ts';

/**
 * What follows from each kind of fact, in the chapters from which something follows: a fact that is new there does not
 * compile until it is answered. What issues do is counted (recurrence-state.ts).
 */
type Reactions<E extends Event> = {
  // What a reaction tells its own timers is its own business.
  readonly [Type in E['type']]: 'ignored' | Pick<Reaction<Extract<FactOf<E>, { type: Type }>>, 'process' | 'timers'>;
};

const complaintReactions: Reactions<ChapterEvent<'intake' | 'promises' | 'ending'>> = {
  ComplaintReceived: 'ignored', // the clocks that it sets are watched, see miss-clocks.ts
  ComplaintAcknowledged: 'ignored',
  ContactGiven: 'ignored',
  HandlerAssigned: 'ignored',
  PromiseMade: breakPromise,
  PromiseFulfilled: 'ignored', // no timer is cancelled: the rule looks again when it fires
  PromiseBroken: 'ignored',
  ComplaintResolved: openFollowUp,
  ComplaintReopened: supersedeFollowUp,
  CustomerAnswered: 'ignored',
  ComplaintClosed: 'ignored',
  ComplaintWithdrawn: 'ignored',
};

/** The timers that a complaint's fact sets. */
export const reactionsTo = (fact: ComplaintFact, complaint: KnownComplaint): readonly Timer[] => {
  const byType = complaintReactions as Readonly<Record<string, 'ignored' | Reaction<ComplaintFact>>>;
  const reaction = byType[fact.type] ?? 'ignored';
  return [
    ...(reaction === 'ignored' ? [] : timersOf(reaction, fact, complaint)),
    ...missClocks.flatMap((watching) => timersOf(watching, fact, complaint)),
  ];
};

const REACTIONS = [breakPromise, ...missClocks, openFollowUp, supersedeFollowUp, evaluateRecurrence] as const;

/** What due timers of ours do, by their process. */
export const firing = (parts: FiringParts): Readonly<Record<string, Fire>> =>
  Object.fromEntries(
    REACTIONS.map((reaction) => [reaction.process, (timer) => fire(reaction as Reaction<never>, timer, parts)]),
  );
