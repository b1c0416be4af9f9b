import { streamKind } from '#fact/stream-kind';
import { complaintEvents } from './events.ts';
import { evolve } from './evolve.ts';
import { COMPLAINT_REFUSALS } from './refusals.ts';

export const complaintStreams = streamKind({
  noun: 'complaint',
  topic: 'redress.complaints.v1',
  events: complaintEvents,
  refusals: COMPLAINT_REFUSALS,
  evolve,
  subjects: ({ received }) => ({
    complainant: received.customer.id,
    ...(received.representative && { representative: received.representative.id }),
  }),
});
