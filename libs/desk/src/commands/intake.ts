import { acknowledge } from '#complaint/intake/acknowledge';
import { assign } from '#complaint/intake/assign';
import { giveContact } from '#complaint/intake/give-contact';
import { wrongMember } from '../answering.ts';
import { ActorId, Code, ShortText } from '../fields.ts';
import { CONDUCTORS } from '../roles.ts';
import { DatedBody, personalTexts } from '../shapes.ts';
import { chapter } from './command-description.ts';
import { complaintCommand } from './complaint-command.ts';
import { Receive } from './receive.ts';

/** Intake, who conducts the complaint, and how the customer can be reached (docs/domain.md §2, §3.1). */

export class AcknowledgementBody extends DatedBody {
  @Code({ means: 'How the customer was told.', example: 'sms' })
  readonly channel!: string;
}
export const Acknowledge = complaintCommand({
  operation: 'Conversation.acknowledge',
  summary: 'Tell the customer that the complaint has arrived, and by when there will be an answer.',
  body: AcknowledgementBody,
  roles: CONDUCTORS,
  rule: acknowledge,
  refusals: ['already-closed', 'unknown-code'],
  facts: ['ComplaintAcknowledged', 'FirstResponseFoundTimely'],
  tell: ({ channel }, { at }) => ({ channel, effectiveAt: at }),
});

export class AssignmentBody extends DatedBody {
  @ActorId({ means: 'Who conducts the complaint from now on.', example: 'anna' })
  readonly handler!: string;
}
export const Assign = complaintCommand({
  operation: 'Conversation.assign',
  summary: 'Say who conducts the complaint.',
  body: AssignmentBody,
  roles: CONDUCTORS,
  rule: assign,
  refusals: ['already-closed'],
  facts: ['HandlerAssigned'],
  tell: ({ handler }) => ({ handler }),
});

/** At least one of them. */
export class ContactBody extends DatedBody {
  @ShortText({ optional: true })
  readonly name?: string;
  @ShortText({ optional: true })
  readonly phone?: string;
  @ShortText({ optional: true })
  readonly email?: string;
}
export const GiveContact = complaintCommand({
  operation: 'Conversation.giveContact',
  summary: 'Record how the customer can be reached.',
  body: ContactBody,
  roles: CONDUCTORS,
  rule: giveContact,
  refusals: [],
  facts: ['ContactGiven'],
  check: ({ name, phone, email }) =>
    (name ?? phone ?? email) === undefined
      ? wrongMember('#', 'required', 'A contact needs a name, a phone or an email.')
      : undefined,
  tell: ({ name, phone, email }) => personalTexts({ name, phone, email }),
});

export const intake = chapter('complaints', [Receive, Acknowledge, Assign, GiveContact]);
