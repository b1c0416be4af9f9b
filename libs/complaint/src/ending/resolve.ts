import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { step } from '#fact/step';
import type { Complaint } from '../complaint.ts';
import { ended } from './ended.ts';
import { complaintResolved } from './events.ts';

export interface Resolve {
  readonly text: Personal;
}

/** docs/domain.md §3: the customer was told how the complaint is resolved. Once per conduct; each resolution asks for a call. */
export const resolve = step({
  step: 'resolutions',
  can: (complaint: Complaint) => ended(complaint) ?? (complaint.resolved ? nothing : undefined),
  decide: ({ text }: Resolve) => recorded(complaintResolved({ text })),
});
