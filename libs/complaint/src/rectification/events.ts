import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { Uuid, personal } from '#fact/vocabulary';

/** docs/domain.md §9: what was found wrong. NOTE: stored for ever (see intake/events.ts). */

export const factRectified = defineEvent({
  type: 'FactRectified',
  noun: 'complaint',
  means: 'An earlier fact was found wrong, and what is right was added to it.',
  data: Type.Object({
    fact: Uuid,
    type: Type.String({ pattern: '^[A-Z][A-Za-z]+$' }),
    /** The rectified members of the fact's data, as JSON: personal as a whole. */
    data: Type.Optional(personal()),
    /** Those of `/representative` in a receipt, as JSON: they are somebody else's. */
    representative: Type.Optional(personal('representative')),
    reason: personal(),
  }),
});

export const rectificationEvents = [factRectified] as const;
