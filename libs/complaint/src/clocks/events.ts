import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { Instant } from '#fact/vocabulary';

/** docs/domain.md §5: what the system saw run out. NOTE: stored for ever (see intake/events.ts). */

export const firstResponseMissed = defineEvent({
  type: 'FirstResponseMissed',
  noun: 'complaint',
  means: 'Nobody answered the customer within the norm.',
  data: Type.Object({ due: Instant }),
});

export const firstResponseFoundTimely = defineEvent({
  type: 'FirstResponseFoundTimely',
  noun: 'complaint',
  means: 'A response that was recorded late turned out to have been given in time.',
  data: Type.Object({ due: Instant, respondedAt: Instant }),
});

export const clocksEvents = [firstResponseMissed, firstResponseFoundTimely] as const;
