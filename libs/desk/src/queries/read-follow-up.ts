import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { notFound } from '../answering.ts';
import { FollowUpDesk } from '../follow-up-desk.ts';
import { UUID } from '../forms.ts';
import { callView } from './call-view.ts';
import type { Answered } from './past.ts';

/** A follow-up call. An id without a stream is not found, also one that a resolution will open. */
export class ReadFollowUp extends Query<Answered<object>> {
  constructor(readonly followUp: string) {
    super();
  }
}

@QueryHandler(ReadFollowUp)
export class ReadFollowUpHandler implements IQueryHandler<ReadFollowUp> {
  constructor(private readonly calls: FollowUpDesk) {}

  async execute({ followUp }: ReadFollowUp): Promise<Answered<object>> {
    const call = UUID.test(followUp) ? await this.calls.read(followUp) : undefined;
    if (!call) return notFound;
    return { kind: 'found', value: await this.calls.desk.parts.vault.open(callView(call)), revision: call.revision };
  }
}
