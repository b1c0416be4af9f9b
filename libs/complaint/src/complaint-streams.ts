import type { StreamKind } from '#fact/stream-kind';
import type { Complaint } from './complaint.ts';
import { complaintEvents, type ComplaintEvent } from './events.ts';
import { evolve } from './evolve.ts';

export const complaintStreams: StreamKind<Complaint, ComplaintEvent> = {
  noun: 'complaint',
  events: complaintEvents,
  evolve,
  subjects: ({ received }) => ({
    complainant: received.customer.id,
    ...(received.representative && { representative: received.representative.id }),
  }),
};
