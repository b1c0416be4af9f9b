import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import { missingForClosing } from '#complaint/ending/missing-for-closing';
import { streamOf } from '#fact/stream-kind';
import { notFound } from '../answering.ts';
import { followUpIdOf } from '../causes.ts';
import { ComplaintDesk } from '../complaint-desk.ts';
import type { CallRead } from '#complaint/ending/close';
import { FollowUpDesk } from '../follow-up-desk.ts';
import { complaintView } from './complaint-view.ts';
import { knownAsOf, type Answered, type AsOf } from './past.ts';

/** What is so about a complaint, now or as it was known at a revision or an instant (docs/formats.md, Time). */
export class ReadComplaint extends Query<Answered<object>> {
  constructor(
    /** Its id or its reference. */
    readonly complaint: string,
    readonly asOf: AsOf = {},
  ) {
    super();
  }
}

@QueryHandler(ReadComplaint)
export class ReadComplaintHandler implements IQueryHandler<ReadComplaint> {
  constructor(
    private readonly complaints: ComplaintDesk,
    private readonly calls: FollowUpDesk,
  ) {}

  async execute({ complaint, asOf }: ReadComplaint): Promise<Answered<object>> {
    const { desk } = this.complaints;
    const found = await this.complaints.find(complaint);
    if ('refusal' in found) return found;
    const past = knownAsOf(asOf, desk.now());
    if ('refusal' in past) return past;
    const read = await desk.read(complaintStreams, streamOf('complaint', found.id), past.known);
    const last = read?.facts.at(-1);
    if (!read || !last || (asOf.revision !== undefined && last.revision !== asOf.revision)) return notFound;

    const { state } = read;
    const isPast = asOf.at !== undefined || asOf.revision !== undefined;
    const until = past.at ?? (isPast ? last.recordedAt : undefined);
    const calls = await this.callsOf(state.resolutions, until);
    const latest = calls.find(({ id }) => id === followUpIdOf(state.resolutions.at(-1)!.fact));
    const policy = until === undefined ? await desk.policies.newest() : await desk.policies.at(until);
    const view = complaintView(state, {
      revision: last.revision,
      calls,
      missing: missingForClosing(state, latest?.state, policy).map(({ code, issue, why }) => ({
        code,
        ...(issue && { issue }),
        why,
      })),
      calendarOf: await desk.policies.behind(state),
    });
    const opened = withRectifiedMembers(await desk.parts.vault.open(view));
    return { kind: 'found', value: opened, ...(!isPast && { revision: last.revision }) };
  }

  /** One call for each resolution, as far as their streams are opened (by that instant). */
  private async callsOf(resolutions: Complaint['resolutions'], until: string | undefined): Promise<CallRead[]> {
    const calls = await Promise.all(
      resolutions.map(({ fact }) =>
        this.calls.read(followUpIdOf(fact), (one) => until === undefined || one.recordedAt <= until),
      ),
    );
    return calls.filter((call) => call !== undefined);
  }
}

interface Rectified {
  readonly data?: unknown;
  readonly representative?: unknown;
}

/** Rectified members are kept as personal texts of JSON, one per person; opened, they are shown as what they are. */
const withRectifiedMembers = <T extends { readonly rectifications: readonly Rectified[] }>(view: T) => ({
  ...view,
  rectifications: view.rectifications.map(({ data, representative, ...one }) => ({
    ...one,
    data: {
      ...(membersIn(data) as object | undefined),
      ...(representative !== undefined && { representative: membersIn(representative) }),
    },
  })),
});

/** What was erased stays as it reads: erased. */
const membersIn = (opened: unknown): unknown => (typeof opened === 'string' ? (JSON.parse(opened) as unknown) : opened);
