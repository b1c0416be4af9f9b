import { Type } from '@sinclair/typebox';
import { defineEvent, type EventOf } from '#fact/define-event';
import type { FactOf } from '#fact/fact';
import { ActorId, Duration, Instant, Uuid, oneOf, personal } from '#fact/vocabulary';

/** docs/domain.md §7: a follow-up call is a thing of its own. NOTE: stored for ever. */

export const FOLLOW_UP_KINDS = ['after-resolution'] as const;
export const CALL_RESULTS = ['no-answer', 'busy', 'call-back'] as const;

export const followUpOpened = defineEvent({
  type: 'FollowUpOpened',
  noun: 'follow-up',
  means: 'Somebody has to call the customer.',
  data: Type.Object({
    kind: oneOf(FOLLOW_UP_KINDS),
    complaint: Uuid,
    /** The fact that asks for the call. */
    resolution: Uuid,
    /** The customer's subject. */
    customer: Uuid,
    due: Instant,
    handler: Type.Optional(ActorId),
    /** Counted attempts after which the customer counts as not reached. */
    attemptLimit: Type.Integer({ minimum: 1 }),
    /** Counted attempts lie at least this far apart. */
    attemptGap: Duration,
  }),
});

export const callAttempted = defineEvent({
  type: 'CallAttempted',
  noun: 'follow-up',
  means: 'Somebody called, and the customer could not talk.',
  data: Type.Object({
    result: oneOf(CALL_RESULTS),
    /** Whether it counts towards the limit. */
    counted: Type.Boolean(),
    /** Counted attempts so far, this one included. */
    number: Type.Integer({ minimum: 0 }),
  }),
});

export const customerReached = defineEvent({
  type: 'CustomerReached',
  noun: 'follow-up',
  means: 'The customer was asked whether all is well.',
  data: Type.Object({
    /** 1–5, satisfaction with the solution; absent when declined. */
    solution: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
    /** 1–5, satisfaction with the attitude; absent when declined. */
    attitude: Type.Optional(Type.Integer({ minimum: 1, maximum: 5 })),
    declined: Type.Boolean(),
    /** What the customer was told about prevention. */
    told: Type.Optional(personal()),
    comment: Type.Optional(personal()),
  }),
});

export const customerNotReached = defineEvent({
  type: 'CustomerNotReached',
  noun: 'follow-up',
  means: 'All attempts were made and the customer could not be reached.',
  data: Type.Object({ attempts: Type.Integer({ minimum: 0 }) }),
});

export const followUpRescheduled = defineEvent({
  type: 'FollowUpRescheduled',
  noun: 'follow-up',
  means: 'The call was put off to a better time.',
  data: Type.Object({ due: Instant }),
});

export const followUpSuperseded = defineEvent({
  type: 'FollowUpSuperseded',
  noun: 'follow-up',
  means: 'The complaint was reopened, so this call is not needed any more.',
  data: Type.Object({
    /** The reopening. */
    by: Uuid,
  }),
});

export const followUpEvents = [
  followUpOpened,
  callAttempted,
  customerReached,
  customerNotReached,
  followUpRescheduled,
  followUpSuperseded,
] as const;

/** A call is told in one chapter. */
export const followUpChapters = { call: followUpEvents } as const;

export type FollowUpEvent = EventOf<(typeof followUpEvents)[number]>;
export type FollowUpFact = FactOf<FollowUpEvent>;
