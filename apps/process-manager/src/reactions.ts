import type { ComplaintEvent, ComplaintFact } from '#complaint/events';
import type { Event } from '#fact/define-event';
import type { FactOf } from '#fact/fact';
import type { FollowUpEvent } from '#follow-up/events';
import type { RecurrenceEvent } from '#recurrence/events';
import type { Timer } from '#timers/timer';
import { groupKey } from '#recurrence/group';
import type { Counted, KnownComplaint } from './recurrence-state.ts';

/** What becomes of each kind of fact here. Total: a new fact that nobody thought of does not compile. */
type Reactions<E extends Event> = {
  readonly [Type in E['type']]:
    'ignored' | ((fact: Extract<FactOf<E>, { type: Type }>, complaint: KnownComplaint) => readonly OurTimer[]);
};

/** What our timers do. NOTE: stored. */
export type OurProcess =
  'open-follow-up' | 'supersede-follow-up' | 'break-promise' | 'miss-first-response' | 'evaluate-recurrence';
type OurTimer = Timer & { readonly process: OurProcess };

/** What a timer of ours carries: enough for its command, codes and ids only. NOTE: stored. */
const causedBy = ({ id, correlationId }: ComplaintFact) => ({ fact: id, correlation: correlationId });

export const complaintReactions: Reactions<ComplaintEvent> = {
  /** docs/domain.md §5: silence is noticed by the system itself. A migrated complaint was answered, or not, elsewhere. */
  ComplaintReceived: (fact, { id, receivedAt, migrated }) =>
    migrated
      ? []
      : fact.data.dues
          .filter(({ clock }) => clock === 'first-response')
          .map(({ due }) => ({
            process: 'miss-first-response',
            key: fact.id,
            due: behind(due, receivedAt),
            payload: { ...causedBy(fact), complaint: id, due },
          })),
  /** docs/domain.md §3: a promise that is not kept is noticed by the system itself. */
  PromiseMade: (fact, { id, receivedAt, migrated }) =>
    migrated
      ? []
      : [
          {
            process: 'break-promise',
            key: fact.data.promise,
            due: behind(fact.data.due, receivedAt),
            // Marks of one complaint would only get in each other's way.
            orderingKey: `promises:${id}`,
            payload: { ...causedBy(fact), complaint: id, promise: fact.data.promise, due: fact.data.due },
          },
        ],
  /** docs/domain.md §3, step 6. The desk has opened the call already, unless it died in between. */
  ComplaintResolved: (fact, { id, migrated }) =>
    migrated
      ? []
      : [
          {
            process: 'open-follow-up',
            key: fact.id,
            due: 'at-once',
            orderingKey: callsOf(id),
            payload: { ...causedBy(fact), complaint: id },
          },
        ],
  ComplaintReopened: (fact, { id }) => [
    {
      process: 'supersede-follow-up',
      key: fact.id,
      due: 'at-once',
      orderingKey: callsOf(id),
      payload: { ...causedBy(fact), complaint: id },
    },
  ],
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
  IssueAdded: 'ignored', // counted, see known-complaint.ts
  IssueReclassified: 'ignored', // counted, see known-complaint.ts
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
export const reactionsTo = (fact: ComplaintFact, complaint: KnownComplaint): readonly OurTimer[] => {
  const reaction = complaintReactions[fact.type] as
    'ignored' | ((fact: ComplaintFact, complaint: KnownComplaint) => readonly OurTimer[]);
  return reaction === 'ignored' ? [] : reaction(fact, complaint);
};

/** The evaluation of a group that a fact asks for; `through` is the fact's number in the group. */
export const evaluationOf = (fact: ComplaintFact, { group }: Counted, through: number): OurTimer => ({
  process: 'evaluate-recurrence',
  key: fact.id,
  generation: groupKey(group),
  due: 'at-once',
  orderingKey: `recurrence:${groupKey(group)}`,
  payload: { ...causedBy(fact), group, through, policyVersion: fact.policyVersion },
});

/** The first moment at which a due has passed: what is done in its last millisecond is in time. Not before the receipt. */
const behind = (due: string, receivedAt: string): string =>
  new Date(Math.min(Math.max(Date.parse(due), Date.parse(receivedAt)) + 1, LAST)).toISOString();

const LAST = Date.parse('9999-12-31T23:59:59.999Z');

/** The calls of a complaint open and end in the order of its facts. */
const callsOf = (complaint: string): string => `calls:${complaint}`;
