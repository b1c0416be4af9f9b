import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { ROLES } from '#fact/fact';
import { Code, Uuid, oneOf, personal } from '#fact/vocabulary';
import { APOLOGY_FORMS } from '#policy/vocabulary';

/** docs/domain.md §3, steps 2–4: what was said. NOTE: stored for ever (see intake/events.ts). */

export const customerThanked = defineEvent({
  type: 'CustomerThanked',
  noun: 'complaint',
  means: 'The customer was thanked, and told why the complaint matters.',
  data: Type.Object({ why: personal() }),
});

export const apologyGiven = defineEvent({
  type: 'ApologyGiven',
  noun: 'complaint',
  means: 'Somebody apologised to the customer.',
  data: Type.Object({
    /** The role of who apologised. */
    level: oneOf(ROLES),
    form: oneOf(APOLOGY_FORMS),
    words: personal(),
  }),
});

export const responsibilityAccepted = defineEvent({
  type: 'ResponsibilityAccepted',
  noun: 'complaint',
  means: 'A manager or director accepted responsibility in the name of the company.',
  data: Type.Object({ words: personal() }),
});

export const informationRequested = defineEvent({
  type: 'InformationRequested',
  noun: 'complaint',
  means: 'The customer was asked for help in clarifying what happened.',
  data: Type.Object({
    request: Uuid,
    ask: personal(),
    topic: Type.Optional(Code),
    /** 1 = the first time about this topic; 2 = asked twice. */
    time: Type.Integer({ minimum: 1 }),
  }),
});

export const informationGiven = defineEvent({
  type: 'InformationGiven',
  noun: 'complaint',
  means: 'The customer told us more about what happened.',
  data: Type.Object({ request: Type.Optional(Uuid), text: personal() }),
});

export const messageRecorded = defineEvent({
  type: 'MessageRecorded',
  noun: 'complaint',
  means: 'A message went to the customer or came from the customer.',
  data: Type.Object({ message: Uuid, direction: oneOf(['in', 'out']), channel: Code, text: personal() }),
});

export const noteRecorded = defineEvent({
  type: 'NoteRecorded',
  noun: 'complaint',
  means: 'Somebody wrote a note for colleagues, which the customer is never shown.',
  data: Type.Object({ note: Uuid, text: personal() }),
});

export const ruleOverridden = defineEvent({
  type: 'RuleOverridden',
  noun: 'complaint',
  means: 'A person set a rule aside, for a stated reason.',
  data: Type.Object({ rule: Code, reason: personal() }),
});

export const conversationEvents = [
  customerThanked,
  apologyGiven,
  responsibilityAccepted,
  informationRequested,
  informationGiven,
  messageRecorded,
  noteRecorded,
  ruleOverridden,
] as const;
