import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { Code, Instant, Uuid } from '#fact/vocabulary';

/** docs/domain.md §3: what was promised by a time. NOTE: stored for ever (see intake/events.ts). */

export const promiseMade = defineEvent({
  type: 'PromiseMade',
  noun: 'complaint',
  means: 'We promised the customer something by a time.',
  data: Type.Object({ promise: Uuid, what: Code, due: Instant }),
});

export const promiseFulfilled = defineEvent({
  type: 'PromiseFulfilled',
  noun: 'complaint',
  means: 'A promise to the customer was kept.',
  data: Type.Object({ promise: Uuid }),
});

export const promiseBroken = defineEvent({
  type: 'PromiseBroken',
  noun: 'complaint',
  means: 'A promise to the customer was not kept in time.',
  data: Type.Object({ promise: Uuid, what: Code, due: Instant }),
});

export const promisesEvents = [promiseMade, promiseFulfilled, promiseBroken] as const;
