import type { Static } from '@sinclair/typebox';
import type { Personal } from '#fact/personal';
import type { ComplaintFactOf } from '../events.ts';
import type { ChapterFold } from '../fold.ts';
import { markOf, type Mark } from '../mark.ts';
import type { complaintReceived } from './events.ts';

/** How the complaint came in, and who conducts it. */
export interface IntakeState {
  readonly received: Static<typeof complaintReceived.data>;
  readonly receivedAt: string;
  readonly receivedBy: Mark;
  readonly contact: { readonly name?: Personal; readonly phone?: Personal; readonly email?: Personal };
  readonly handler: string | null;
  readonly acknowledged: Mark | null;
}

export const intakeAt = (receipt: ComplaintFactOf<'ComplaintReceived'>): IntakeState => {
  const { name, phone, email } = receipt.data.customer;
  return {
    received: receipt.data,
    receivedAt: receipt.effectiveAt,
    receivedBy: markOf(receipt),
    contact: { ...(name && { name }), ...(phone && { phone }), ...(email && { email }) },
    handler: null,
    acknowledged: null,
  };
};

export const intakeFold: ChapterFold<'intake', IntakeState> = {
  ComplaintReceived: 'ignored', // one receipt opens a stream; the ledger's expected revision keeps it so
  ComplaintAcknowledged: (_, fact) => ({ acknowledged: markOf(fact) }),
  ContactGiven: ({ contact }, { data }) => ({ contact: { ...contact, ...data } }),
  HandlerAssigned: (_, { data }) => ({ handler: data.handler }),
};
