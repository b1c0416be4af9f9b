import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { Code, Money, Process, Uuid, oneOf, personal } from '#fact/vocabulary';
import { SEVERITIES } from '#policy/vocabulary';
import { Issue } from '../vocabulary.ts';

/** Mission §3, steps 4, 5 and 7, and §4: issues, causes and remedies. NOTE: stored for ever (see intake.ts). */

export const issueAdded = defineEvent({
  type: 'IssueAdded',
  noun: 'complaint',
  means: 'One more thing that went wrong came to light.',
  data: Type.Object({ issue: Issue }),
});

export const issueReclassified = defineEvent({
  type: 'IssueReclassified',
  noun: 'complaint',
  means: 'What went wrong was classified anew.',
  data: Type.Object({
    issue: Uuid,
    category: Type.Optional(Code),
    severity: Type.Optional(oneOf(SEVERITIES)),
    product: Type.Optional(Code),
    touchpoint: Type.Optional(Code),
    process: Type.Optional(Process),
    reason: personal(),
  }),
});

export const issueAssessed = defineEvent({
  type: 'IssueAssessed',
  noun: 'complaint',
  means: 'It was decided whether this can be repaired.',
  data: Type.Object({ issue: Uuid, repairable: Type.Boolean() }),
});

export const causeSuspected = defineEvent({
  type: 'CauseSuspected',
  noun: 'complaint',
  means: 'A process is suspected as the cause.',
  data: Type.Object({ cause: Uuid, issue: Uuid, process: Process, text: Type.Optional(personal()) }),
});

export const causeConfirmed = defineEvent({
  type: 'CauseConfirmed',
  noun: 'complaint',
  means: 'A process is confirmed as the cause.',
  data: Type.Object({
    cause: Uuid,
    issue: Uuid,
    /** The suspicion that this confirms. */
    confirms: Type.Optional(Uuid),
    process: Process,
    text: Type.Optional(personal()),
  }),
});

export const causeExplained = defineEvent({
  type: 'CauseExplained',
  noun: 'complaint',
  means: 'The customer was told why it happened.',
  data: Type.Object({ text: personal() }),
});

export const explanationWaived = defineEvent({
  type: 'ExplanationWaived',
  noun: 'complaint',
  means: 'No explanation is owed, for a stated reason.',
  data: Type.Object({ reason: personal() }),
});

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
