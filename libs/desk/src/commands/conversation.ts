import { Type } from '@sinclair/typebox';
import { acceptResponsibility } from '#complaint/conversation/accept-responsibility';
import { apologise } from '#complaint/conversation/apologise';
import { giveInformation } from '#complaint/conversation/give-information';
import { recordMessage } from '#complaint/conversation/record-message';
import { recordNote } from '#complaint/conversation/record-note';
import { requestInformation } from '#complaint/conversation/request-information';
import { thank } from '#complaint/conversation/thank';
import { personalText } from '#fact/personal';
import { Uuid } from '#fact/vocabulary';
import { APOLOGY_FORMS, type ApologyForm } from '#policy/vocabulary';
import { code, Mark, marked, nullable, optional, Told } from '../answer-schemas.ts';
import { Choice, Code, Id, Text, Words } from '../fields.ts';
import { markView, partView, told } from '../part-view.ts';
import { CONDUCTORS } from '../roles.ts';
import { DatedBody, OverridableBody, overrideOf, present } from '../shapes.ts';
import { chapter } from './command-description.ts';
import { complaintCommand } from './complaint-command.ts';

/** What is said to the customer and heard from them (docs/domain.md §3, steps 2–4). */

export class ThanksBody extends DatedBody {
  @Text({
    means: 'Why the complaint matters.',
    example: 'Without you we would not have known that nobody calls ahead.',
  })
  readonly why!: string;
}
export const Thank = complaintCommand({
  operation: 'Conversation.thank',
  summary: 'Thank the customer, saying why the complaint matters.',
  body: ThanksBody,
  roles: CONDUCTORS,
  rule: thank,
  refusals: ['already-closed'],
  facts: ['CustomerThanked', 'FirstResponseFoundTimely'],
  tell: ({ why }, { at }) => ({ why: personalText(why), effectiveAt: at }),
});

export class ApologyBody extends OverridableBody {
  @Choice(APOLOGY_FORMS)
  readonly form!: ApologyForm;
  @Text({ means: 'What was said.' })
  readonly words!: string;
}
export const Apologise = complaintCommand({
  operation: 'Conversation.apologise',
  summary: 'Apologise. The level is the role of who acts; the thanks come first.',
  body: ApologyBody,
  roles: CONDUCTORS,
  rule: apologise,
  refusals: ['apology-before-thanks', 'already-closed', 'override-needs-reason'],
  facts: ['ApologyGiven', 'RuleOverridden'],
  tell: (body, { actor }) => ({
    level: actor.role,
    form: body.form,
    words: personalText(body.words),
    ...overrideOf(body),
  }),
});

export class ResponsibilityBody extends DatedBody {
  @Text({ means: 'What was said in the name of the company.' })
  readonly words!: string;
}
export const AcceptResponsibility = complaintCommand({
  operation: 'Conversation.acceptResponsibility',
  summary: 'Accept responsibility in the name of the company: a manager or a director.',
  body: ResponsibilityBody,
  // Whoever conducts the complaint may ask, and hears from the rule that it takes a manager.
  roles: CONDUCTORS,
  rule: acceptResponsibility,
  refusals: ['already-closed', 'needs-manager'],
  facts: ['ResponsibilityAccepted'],
  tell: ({ words }, { actor }) => ({ level: actor.role, words: personalText(words) }),
});

export class InformationRequestBody extends DatedBody {
  @Text({ means: 'What the customer is asked.' })
  readonly ask!: string;
  @Code({ optional: true, means: 'What it is about; asking twice about one topic is counted.', example: 'photo' })
  readonly topic?: string;
}
export const RequestInformation = complaintCommand({
  operation: 'Conversation.requestInformation',
  summary: 'Ask the customer for help in clarifying what happened.',
  body: InformationRequestBody,
  roles: CONDUCTORS,
  rule: requestInformation,
  refusals: ['already-closed'],
  facts: ['InformationRequested'],
  creates: 'information-request',
  tell: ({ ask, topic }, { id }) => present({ request: id, ask: personalText(ask), topic }),
});

export class InformationBody extends DatedBody {
  @Id({ optional: true, means: 'The request that this answers.' })
  readonly request?: string;
  @Words({ means: 'What the customer told.' })
  readonly text!: string;
}
export const GiveInformation = complaintCommand({
  operation: 'Conversation.giveInformation',
  summary: 'Record what the customer told.',
  body: InformationBody,
  roles: CONDUCTORS,
  rule: giveInformation,
  refusals: ['already-closed', 'unknown-issue'],
  facts: ['InformationGiven'],
  tell: ({ request, text }) => present({ request, text: personalText(text) }),
});

export class MessageBody extends DatedBody {
  @Choice(['in', 'out'], { means: 'From the customer, or to the customer.' })
  readonly direction!: 'in' | 'out';
  @Code({ example: 'email' })
  readonly channel!: string;
  @Words({ means: 'The message.' })
  readonly text!: string;
}
export const RecordMessage = complaintCommand({
  operation: 'Conversation.recordMessage',
  summary: 'Record a message to or from the customer.',
  body: MessageBody,
  roles: CONDUCTORS,
  rule: recordMessage,
  refusals: ['unknown-code'],
  facts: ['MessageRecorded', 'FirstResponseFoundTimely'],
  creates: 'message',
  tell: ({ direction, channel, text }, { id, at }) => ({
    message: id,
    direction,
    channel,
    text: personalText(text),
    effectiveAt: at,
  }),
});

export class NoteBody extends DatedBody {
  @Text({ means: 'What colleagues should know; the customer is never shown it.' })
  readonly text!: string;
}
export const RecordNote = complaintCommand({
  operation: 'Conversation.recordNote',
  summary: 'Write a note for colleagues. It is never published, and never shown to the customer.',
  body: NoteBody,
  roles: CONDUCTORS,
  rule: recordNote,
  refusals: [],
  facts: ['NoteRecorded'],
  creates: 'note',
  tell: ({ text }, { id }) => ({ note: id, text: personalText(text) }),
});

/** How these are read. */
export const conversationViews = {
  'information-request': partView('information-request', {
    operation: 'Reading.request',
    summary: 'A request for information.',
    member: 'informationRequests',
    answer: marked({
      id: Uuid,
      ask: Told,
      topic: optional(code),
      time: Type.Integer({ minimum: 1 }),
      given: nullable(Mark),
    }),
    view: (request) => ({ ...told(request), given: markView(request.given) }),
  }),
  message: partView('message', {
    operation: 'Reading.message',
    summary: 'A message.',
    member: 'messages',
    answer: marked({ id: Uuid, direction: code, channel: code, text: Told }),
    view: told,
  }),
  note: partView('note', {
    operation: 'Reading.note',
    summary: 'A note for colleagues.',
    member: 'notes',
    answer: marked({ id: Uuid, text: Told }),
    view: told,
  }),
};

export const conversation = chapter('complaints', [
  Thank,
  Apologise,
  AcceptResponsibility,
  RequestInformation,
  GiveInformation,
  RecordMessage,
  RecordNote,
]);
