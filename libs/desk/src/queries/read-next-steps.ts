import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { complaintStreams } from '#complaint/complaint-streams';
import { nextSteps } from '#complaint/next-steps/next-steps';
import { streamOf } from '#fact/stream-kind';
import { notFound } from '../answering.ts';
import { ComplaintDesk } from '../complaint-desk.ts';
import { FollowUpDesk } from '../follow-up-desk.ts';
import type { Answered } from './past.ts';

/** What can be done now, what should be done next and why, and what still stands before closing (docs/domain.md §3). */
export class ReadNextSteps extends Query<Answered<object>> {
  constructor(
    readonly complaint: string,
    /** BCP 47 tags for the suggested wording, the best first. */
    readonly languages: readonly string[],
  ) {
    super();
  }
}

@QueryHandler(ReadNextSteps)
export class ReadNextStepsHandler implements IQueryHandler<ReadNextSteps> {
  constructor(
    private readonly complaints: ComplaintDesk,
    private readonly calls: FollowUpDesk,
  ) {}

  async execute({ complaint, languages }: ReadNextSteps): Promise<Answered<object>> {
    const { desk } = this.complaints;
    const found = await this.complaints.find(complaint);
    if ('refusal' in found) return found;
    const read = await desk.read(complaintStreams, streamOf('complaint', found.id));
    if (!read) return notFound;
    const call = (await this.calls.latest(read.state))?.state;
    const steps = nextSteps(read.state, { call, now: desk.now(), languages }, await desk.policies.newest());
    return { kind: 'found', value: steps, revision: read.facts.at(-1)!.revision };
  }
}
