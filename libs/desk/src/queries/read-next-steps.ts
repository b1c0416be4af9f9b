import { complaintStreams } from '#complaint/complaint-streams';
import { nextSteps } from '#complaint/next-steps/next-steps';
import { streamOf } from '#fact/stream-kind';
import { notFound } from '../answering.ts';
import { STAFF } from '../roles.ts';
import { DESK_READS } from './desk-reads.ts';
import { defineQuery, NO_PARAMETERS } from './query.ts';
import { NEXT_STEPS } from './step-answers.ts';

/** What can be done now, what should be done next and why, and what still stands before closing (docs/domain.md §3). */
export const readNextSteps = defineQuery({
  operation: 'Reading.nextSteps',
  tag: 'complaints',
  path: 'v1/complaints/:complaint/next-steps',
  summary: 'What can be done now, what should be done next and why, with suggested wording (Accept-Language).',
  varies: 'Accept-Language',
  roles: STAFF,
  parameters: NO_PARAMETERS,
  answer: NEXT_STEPS,
  from: DESK_READS,
  select: async ({ complaints, calls, desk }, { complaint }, { languages }) => {
    const found = await complaints.find(complaint);
    if ('refusal' in found) return found;
    const read = await desk.read(complaintStreams, streamOf('complaint', found.id));
    if (!read) return notFound;
    const call = (await calls.latest(read.state))?.state;
    const value = nextSteps(read.state, { call, now: desk.now(), languages }, await desk.policies.newest());
    return { kind: 'found', value, revision: read.facts.at(-1)!.revision };
  },
});
