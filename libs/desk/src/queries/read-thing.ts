import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { complaintStreams } from '#complaint/complaint-streams';
import { streamOf } from '#fact/stream-kind';
import { notFound } from '../answering.ts';
import { ComplaintDesk, type Thing } from '../complaint-desk.ts';
import { thingViews } from './complaint-view.ts';
import type { Answered } from './past.ts';

/** One thing inside a complaint that has an id: an issue, a promise, a compensation … */
export class ReadThing extends Query<Answered<object>> {
  constructor(
    readonly complaint: string,
    readonly thing: Thing,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(ReadThing)
export class ReadThingHandler implements IQueryHandler<ReadThing> {
  constructor(private readonly complaints: ComplaintDesk) {}

  async execute({ complaint, thing, id }: ReadThing): Promise<Answered<object>> {
    const { desk } = this.complaints;
    const found = await this.complaints.find(complaint);
    if ('refusal' in found) return found;
    const read = await desk.read(complaintStreams, streamOf('complaint', found.id));
    const view = read && thingViews(read.state)[thing].find((one) => one.id === id);
    if (!view) return notFound;
    return { kind: 'found', value: await desk.parts.vault.open(view), revision: read.facts.at(-1)!.revision };
  }
}
