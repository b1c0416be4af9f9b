import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { Code, Uuid, oneOf, personal } from '#fact/vocabulary';

/** Mission §3: how a conduct ends and begins again, and what stands beside it. NOTE: stored for ever (see intake.ts). */

export const complaintResolved = defineEvent({
  type: 'ComplaintResolved',
  noun: 'complaint',
  means: 'The customer was told how the complaint is resolved.',
  data: Type.Object({ text: personal() }),
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

export const ruleOverridden = defineEvent({
  type: 'RuleOverridden',
  noun: 'complaint',
  means: 'A person set a rule aside, for a stated reason.',
  data: Type.Object({ rule: Code, reason: personal() }),
});
