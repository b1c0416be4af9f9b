import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { Process, Uuid, personal } from '#fact/vocabulary';

/** docs/domain.md §3.7: why it went wrong. NOTE: stored for ever (see intake/events.ts). */

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

export const causesEvents = [causeSuspected, causeConfirmed, causeExplained, explanationWaived] as const;
