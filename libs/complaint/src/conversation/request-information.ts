import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { step } from '#fact/step';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { partOf } from '../sub-resources.ts';
import { informationRequested } from './events.ts';

export interface RequestInformation {
  readonly request: string;
  readonly ask: Personal;
  readonly topic?: string;
}

/** docs/domain.md §3.4: clarify as a request for help. To ask twice about the same is possible, and counted. */
export const requestInformation = step({
  step: 'information-requests',
  can: (complaint: Complaint) => ended(complaint),
  decide: ({ request, ask, topic }: RequestInformation, complaint) => {
    if (partOf(complaint, 'information-request', request)) return nothing;
    const before = complaint.requests.filter((one) => one.topic === topic).length;
    return recorded(informationRequested({ request, ask, ...(topic !== undefined && { topic }), time: before + 1 }));
  },
});
