import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { step } from '#fact/step';
import type { Complaint } from '../complaint.ts';
import { ended } from './ended.ts';
import { complaintWithdrawn } from './events.ts';

export interface Withdraw {
  readonly reason: Personal;
}

/** docs/domain.md §3: the customer withdraws; an end of its own, with its reason kept. Withdrawing again is nothing. */
export const withdraw = step({
  step: 'withdrawals',
  can: (complaint: Complaint) => (complaint.withdrawn ? nothing : ended(complaint)),
  decide: ({ reason }: Withdraw) => recorded(complaintWithdrawn({ reason })),
});
