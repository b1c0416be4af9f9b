import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import type { CallRead } from '#complaint/ending/close';
import { missingForClosing } from '#complaint/ending/missing-for-closing';
import { streamOf } from '#fact/stream-kind';
import { notFound } from '../answering.ts';
import { followUpIdOf } from '../causes.ts';
import { STAFF } from '../roles.ts';
import { COMPLAINT, type ComplaintAnswer } from './complaint-answers.ts';
import { complaintView } from './complaint-view.ts';
import { DESK_READS, type DeskReads } from './desk-reads.ts';
import { byInstant, byRevision } from './parameters.ts';
import { knownAsOf } from './past.ts';
import { defineQuery } from './query.ts';

/** What is so about a complaint, now or as it was known at a revision or an instant (docs/formats.md, Time). */
export const readComplaint = defineQuery({
  operation: 'Reading.complaint',
  tag: 'complaints',
  path: 'v1/complaints/:complaint',
  summary: 'What is so about a complaint, by its id or reference; with `at` or `revision` as it was.',
  roles: STAFF,
  parameters: { at: byInstant('What was known then.'), revision: byRevision('As it was at this revision.') },
  answer: COMPLAINT,
  from: DESK_READS,
  select: async (from, { complaint, ...asOf }) => {
    const { complaints, desk } = from;
    const found = await complaints.find(complaint);
    if ('refusal' in found) return found;
    const past = knownAsOf(asOf, desk.now());
    if ('refusal' in past) return past;
    const read = await desk.read(complaintStreams, streamOf('complaint', found.id), past.known);
    const last = read?.facts.at(-1);
    if (!read || !last || (asOf.revision !== undefined && last.revision !== asOf.revision)) return notFound;

    const { state } = read;
    const isPast = asOf.at !== undefined || asOf.revision !== undefined;
    const until = past.at ?? (isPast ? last.recordedAt : undefined);
    const calls = await callsOf(from, state.resolutions, until);
    const latest = calls.find(({ id }) => id === followUpIdOf(state.resolutions.at(-1)!.fact));
    const policy = until === undefined ? await desk.policies.newest() : await desk.policies.at(until);
    const value = complaintView(state, {
      revision: last.revision,
      calls,
      missing: missingForClosing(state, latest?.state, policy).map(({ code, issue, why }) => ({
        code,
        ...(issue && { issue }),
        why,
      })),
      rectifications: await rectificationsOf(from, state),
      calendarOf: await desk.policies.behind(state),
    });
    return { kind: 'found', value, ...(!isPast && { revision: last.revision }) };
  },
});

/** One call for each resolution, as far as their streams are opened (by that instant). */
const callsOf = async (
  { calls }: DeskReads,
  resolutions: Complaint['resolutions'],
  until: string | undefined,
): Promise<CallRead[]> => {
  const read = await Promise.all(
    resolutions.map(({ fact }) =>
      calls.read(followUpIdOf(fact), (one) => until === undefined || one.recordedAt <= until),
    ),
  );
  return read.filter((call) => call !== undefined);
};

/** Rectified members are kept as personal texts of JSON, one per person; opened, they are shown as what they are. */
const rectificationsOf = async (
  { vault }: DeskReads,
  { rectifications }: Complaint,
): Promise<ComplaintAnswer['rectifications']> =>
  (await vault.open([...rectifications])).map(({ at, by, of, type, reason, data, representative }) => ({
    at,
    by,
    type,
    reason,
    fact: of,
    data: {
      ...(membersIn(data) as object | undefined),
      ...(representative !== undefined && { representative: membersIn(representative) }),
    },
  }));

/** What was erased stays as it reads: erased. */
const membersIn = (opened: unknown): unknown => (typeof opened === 'string' ? (JSON.parse(opened) as unknown) : opened);
