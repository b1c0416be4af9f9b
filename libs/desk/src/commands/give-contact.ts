import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { giveContact } from '#complaint/intake/give-contact';
import { wrongMember } from '../answering.ts';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { ShortText } from '../fields.ts';
import { DatedBody, personalTexts } from '../shapes.ts';
import type { Written } from '../written.ts';

/** At least one of them. */
export class ContactBody extends DatedBody {
  @ShortText({ optional: true })
  readonly name?: string;
  @ShortText({ optional: true })
  readonly phone?: string;
  @ShortText({ optional: true })
  readonly email?: string;
}

export class GiveContact extends ToComplaint<ContactBody> {}

@CommandHandler(GiveContact)
export class GiveContactHandler implements ICommandHandler<GiveContact> {
  constructor(private readonly desk: ComplaintDesk) {}

  async execute(command: GiveContact): Promise<Written> {
    const { name, phone, email } = command.body;
    if (name === undefined && phone === undefined && email === undefined)
      return wrongMember('#', 'required', 'A contact needs a name, a phone or an email.');
    return this.desk.write(command, (complaint, { policy }) =>
      giveContact(personalTexts({ name, phone, email }), complaint, policy),
    );
  }
}
