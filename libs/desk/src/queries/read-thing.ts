import { SUB_RESOURCES } from '#complaint/sub-resources';
import { complaintStreams } from '#complaint/complaint-streams';
import { streamOf } from '#fact/stream-kind';
import { notFound } from '../answering.ts';
import { PART_VIEWS, partsShown } from '../commands/parts.ts';
import type { Thing } from '../complaint-desk.ts';
import { STAFF } from '../roles.ts';
import { DESK_READS } from './desk-reads.ts';
import { defineQuery, NO_PARAMETERS, type AnyQuery } from './query.ts';

/** One thing inside a complaint that has an id, at its own URL. */
const readThing = <T extends Thing>(thing: T) =>
  defineQuery({
    operation: PART_VIEWS[thing].operation,
    tag: 'complaints',
    path: `v1/complaints/:complaint/${SUB_RESOURCES[thing].path}/:id` as 'v1/complaints/:complaint/things/:id',
    summary: PART_VIEWS[thing].summary,
    roles: STAFF,
    parameters: NO_PARAMETERS,
    answer: PART_VIEWS[thing].answer,
    from: DESK_READS,
    select: async ({ complaints, desk }, { complaint, id }) => {
      const found = await complaints.find(complaint);
      if ('refusal' in found) return found;
      const read = await desk.read(complaintStreams, streamOf('complaint', found.id));
      const value = read && partsShown(read.state, thing).find((one) => (one as { id: string }).id === id);
      return read && value ? { kind: 'found', value, revision: read.facts.at(-1)!.revision } : notFound;
    },
  });

export const thingReads: readonly AnyQuery[] = (Object.keys(PART_VIEWS) as Thing[]).map((thing) => readThing(thing));
