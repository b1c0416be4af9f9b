import { SUB_RESOURCES } from '#complaint/sub-resources';
import { complaintStreams } from '#complaint/complaint-streams';
import { streamOf } from '#fact/stream-kind';
import { notFound } from '../answering.ts';
import type { Thing } from '../complaint-desk.ts';
import { STAFF } from '../roles.ts';
import { THING_ANSWERS, type ThingAnswer } from './complaint-answers.ts';
import { thingViews } from './complaint-view.ts';
import { DESK_READS } from './desk-reads.ts';
import { defineQuery, NO_PARAMETERS } from './query.ts';

/** One thing inside a complaint that has an id, at its own URL. */
const readThing = <T extends Thing>(thing: T, operation: string, summary: string) =>
  defineQuery({
    operation: `Reading.${operation}`,
    tag: 'complaints',
    path: `v1/complaints/:complaint/${SUB_RESOURCES[thing].path}/:id` as 'v1/complaints/:complaint/things/:id',
    summary,
    roles: STAFF,
    parameters: NO_PARAMETERS,
    answer: THING_ANSWERS[thing],
    from: DESK_READS,
    select: async ({ complaints, desk }, { complaint, id }) => {
      const found = await complaints.find(complaint);
      if ('refusal' in found) return found;
      const read = await desk.read(complaintStreams, streamOf('complaint', found.id));
      const all: readonly ThingAnswer<T>[] = read ? thingViews(read.state)[thing] : [];
      const value = all.find((one) => (one as { id: string }).id === id);
      return read && value ? { kind: 'found', value, revision: read.facts.at(-1)!.revision } : notFound;
    },
  });

/** Total over the kinds of things, so that none can be created that cannot be read. */
export const thingReads = {
  issue: readThing('issue', 'issue', 'An issue.'),
  'information-request': readThing('information-request', 'request', 'A request for information.'),
  message: readThing('message', 'message', 'A message.'),
  promise: readThing('promise', 'promise', 'A promise.'),
  cause: readThing('cause', 'cause', 'A cause, suspected or confirmed.'),
  correction: readThing('correction', 'correction', 'A correction.'),
  compensation: readThing('compensation', 'compensation', 'A compensation.'),
} satisfies { readonly [T in Thing]: unknown };
