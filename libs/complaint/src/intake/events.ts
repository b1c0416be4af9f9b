import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { ActorId, Code, Day, Language, Money, Uuid, oneOf, personal } from '#fact/vocabulary';
import { CONFIDENTIALITIES, CUSTOMER_TYPES, Due, Issue, THIRD_PARTIES } from '../vocabulary.ts';

/** docs/domain.md §2 and §3.1: how a complaint comes in. NOTE: stored for ever; a change of shape is a new version with an upcaster, and a sample in test/history. */

export const complaintReceived = defineEvent({
  type: 'ComplaintReceived',
  noun: 'complaint',
  means: 'A customer told us that expectations were not met.',
  data: Type.Object({
    /** Seven Crockford base-32 characters, the last a check character; unique for ever. */
    reference: Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{7,}$' }),
    channel: Code,
    /** The customer's own words. */
    words: personal(),
    /** The employee's summary. */
    summary: Type.Optional(personal()),
    language: Type.Optional(Language),
    tone: Type.Optional(Code),
    desiredOutcomes: Type.Array(Code),
    confidentiality: oneOf(CONFIDENTIALITIES),
    customer: Type.Object({
      /** The subject: a minted UUID. */
      id: Uuid,
      reference: Type.Optional(personal()),
      name: Type.Optional(personal()),
      phone: Type.Optional(personal()),
      email: Type.Optional(personal()),
      since: Type.Optional(Day),
      type: Type.Optional(oneOf(CUSTOMER_TYPES)),
    }),
    representative: Type.Optional(
      Type.Object({
        id: Uuid,
        name: Type.Optional(personal('representative')),
        phone: Type.Optional(personal('representative')),
        email: Type.Optional(personal('representative')),
        mandate: Type.Optional(personal('representative')),
        mandateUntil: Type.Optional(Day),
      }),
    ),
    /** Vulnerability and accessibility needs, as codes. */
    needs: Type.Optional(Type.Array(Code)),
    purchase: Type.Optional(
      Type.Object({ order: Type.Optional(personal()), product: Type.Optional(Code), value: Type.Optional(Money) }),
    ),
    issues: Type.Array(Issue, { minItems: 1 }),
    threatToLeave: Type.Optional(Type.Boolean()),
    thirdParty: Type.Optional(oneOf(THIRD_PARTIES)),
    /** The complaint that this one succeeds. */
    follows: Type.Optional(Uuid),
    origin: Type.Optional(
      Type.Object({
        system: Code,
        id: Type.Optional(personal()),
        /** An existing record brought over: no calls, timers or escalation. */
        migrated: Type.Boolean(),
      }),
    ),
    dues: Type.Array(Due),
  }),
});

export const complaintAcknowledged = defineEvent({
  type: 'ComplaintAcknowledged',
  noun: 'complaint',
  means: 'The customer was told that the complaint has arrived, and by when there will be an answer.',
  data: Type.Object({ channel: Code, dues: Type.Array(Due) }),
});

export const contactGiven = defineEvent({
  type: 'ContactGiven',
  noun: 'complaint',
  means: 'The customer told us how to be reached.',
  data: Type.Object({
    name: Type.Optional(personal()),
    phone: Type.Optional(personal()),
    email: Type.Optional(personal()),
  }),
});

export const handlerAssigned = defineEvent({
  type: 'HandlerAssigned',
  noun: 'complaint',
  means: 'An employee took charge of the complaint.',
  data: Type.Object({ handler: ActorId }),
});

export const intakeEvents = [complaintReceived, complaintAcknowledged, contactGiven, handlerAssigned] as const;
