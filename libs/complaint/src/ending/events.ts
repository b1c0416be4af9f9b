import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { Uuid, oneOf, personal } from '#fact/vocabulary';
import { ANSWERS } from '../vocabulary.ts';

/** docs/domain.md §3: how a conduct ends and begins again. NOTE: stored for ever (see intake/events.ts). */

export const complaintResolved = defineEvent({
  type: 'ComplaintResolved',
  noun: 'complaint',
  means: 'The customer was told how the complaint is resolved.',
  data: Type.Object({ text: personal() }),
});

export const customerAnswered = defineEvent({
  type: 'CustomerAnswered',
  noun: 'complaint',
  means: 'The customer said whether the resolution is acceptable.',
  data: Type.Object({ answer: oneOf(ANSWERS) }),
});

export const complaintClosed = defineEvent({
  type: 'ComplaintClosed',
  noun: 'complaint',
  means: 'Everything that closing demands was done.',
  data: Type.Object({
    /** The call that made sure; absent only for migrated complaints, which have no calls. */
    followUp: Type.Optional(
      Type.Object({ id: Uuid, revision: Type.Integer({ minimum: 0 }), standing: oneOf(['reached', 'exhausted']) }),
    ),
  }),
});

export const complaintReopened = defineEvent({
  type: 'ComplaintReopened',
  noun: 'complaint',
  means: 'The conduct of the complaint begins anew.',
  data: Type.Object({ reason: personal() }),
});

export const complaintWithdrawn = defineEvent({
  type: 'ComplaintWithdrawn',
  noun: 'complaint',
  means: 'The customer withdrew the complaint.',
  data: Type.Object({ reason: personal() }),
});

export const endingEvents = [
  complaintResolved,
  customerAnswered,
  complaintClosed,
  complaintReopened,
  complaintWithdrawn,
] as const;
