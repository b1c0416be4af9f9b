import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { explain, waiveExplanation } from '#complaint/causes/explain';
import { personalText } from '#fact/personal';
import { wrongMember } from '../answering.ts';
import { ComplaintDesk, ToComplaint } from '../complaint-desk.ts';
import { Flag, Text } from '../fields.ts';
import { DatedBody } from '../shapes.ts';
import type { Written } from '../written.ts';

/** Either `text`, or `waived: true` with `reason`. */
export class ExplanationBody extends DatedBody {
  @Text({ optional: true, means: 'What the customer was told about why it happened.' })
  readonly text?: string;
  @Flag({ optional: true, means: 'true: no explanation is owed, for the reason given.' })
  readonly waived?: boolean;
  @Text({ optional: true, means: 'Why none is owed.' })
  readonly reason?: string;
}

export class Explain extends ToComplaint<ExplanationBody> {}

@CommandHandler(Explain)
export class ExplainHandler implements ICommandHandler<Explain> {
  constructor(private readonly desk: ComplaintDesk) {}

  async execute(command: Explain): Promise<Written> {
    const { text, waived = false, reason } = command.body;
    if (waived) {
      if (reason === undefined) return wrongMember('#/reason', 'required', 'A waiver needs a reason.');
      if (text !== undefined) return wrongMember('#/text', 'contradiction', 'Either an explanation or a waiver.');
      return this.desk.write(command, (complaint, { policy }) =>
        waiveExplanation({ reason: personalText(reason) }, complaint, policy),
      );
    }
    if (text === undefined)
      return wrongMember('#/text', 'required', 'An explanation needs a text; `waived` needs `reason`.');
    if (reason !== undefined) return wrongMember('#/reason', 'contradiction', 'A reason belongs to a waiver.');
    return this.desk.write(command, (complaint, { policy }) =>
      explain({ text: personalText(text) }, complaint, policy),
    );
  }
}
