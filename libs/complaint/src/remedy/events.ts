import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { Code, Money, Uuid, personal } from '#fact/vocabulary';

/** docs/domain.md §3.5 and §4: how it is put right. NOTE: stored for ever (see intake/events.ts). */

export const correctionMade = defineEvent({
  type: 'CorrectionMade',
  noun: 'complaint',
  means: 'What went wrong was put right.',
  data: Type.Object({ correction: Uuid, issue: Uuid, what: personal(), inPresence: Type.Boolean() }),
});

export const compensationOffered = defineEvent({
  type: 'CompensationOffered',
  noun: 'complaint',
  means: 'The customer was offered something of value for time and trouble.',
  data: Type.Object({ compensation: Uuid, issue: Uuid, item: Code, value: Type.Optional(Money) }),
});

export const compensationAccepted = defineEvent({
  type: 'CompensationAccepted',
  noun: 'complaint',
  means: 'The customer accepted the compensation.',
  data: Type.Object({ compensation: Uuid }),
});

export const compensationDeclined = defineEvent({
  type: 'CompensationDeclined',
  noun: 'complaint',
  means: 'The customer declined the compensation.',
  data: Type.Object({ compensation: Uuid, reason: personal() }),
});

export const compensationDelivered = defineEvent({
  type: 'CompensationDelivered',
  noun: 'complaint',
  means: 'The compensation reached the customer.',
  data: Type.Object({ compensation: Uuid, proof: personal() }),
});

export const remedyEvents = [
  correctionMade,
  compensationOffered,
  compensationAccepted,
  compensationDeclined,
  compensationDelivered,
] as const;
