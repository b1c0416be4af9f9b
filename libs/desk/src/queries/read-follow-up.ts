import { notFound } from '../answering.ts';
import { UUID } from '../forms.ts';
import { STAFF } from '../roles.ts';
import { callView } from './call-view.ts';
import { CALL } from './complaint-answers.ts';
import { DESK_READS } from './desk-reads.ts';
import { defineQuery, NO_PARAMETERS } from './query.ts';

/** A follow-up call. An id without a stream is not found, also one that a resolution will open. */
export const readFollowUp = defineQuery({
  operation: 'FollowUpCall.call',
  tag: 'follow-up calls',
  path: 'v1/follow-up-calls/:followUp',
  summary: 'A follow-up call. Answered from the ledger.',
  roles: STAFF,
  parameters: NO_PARAMETERS,
  answer: CALL,
  from: DESK_READS,
  select: async ({ calls }, { followUp }) => {
    const call = UUID.test(followUp) ? await calls.read(followUp) : undefined;
    return call ? { kind: 'found', value: callView(call), revision: call.revision } : notFound;
  },
});
