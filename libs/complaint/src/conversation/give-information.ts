import { recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import { step } from '#fact/step';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { partOf } from '../sub-resources.ts';
import { unknownPart } from '../unknown-part.ts';
import { informationGiven } from './events.ts';

export interface GiveInformation {
  /** The request that it answers; absent: the customer told it unasked. */
  readonly request?: string;
  readonly text: Personal;
}

/** docs/domain.md §3.4: what the customer adds. Each time a new fact. */
export const giveInformation = step({
  step: 'information',
  can: (complaint: Complaint) => ended(complaint),
  decide: ({ request, text }: GiveInformation, complaint) => {
    if (request === undefined) return recorded(informationGiven({ text }));
    if (!partOf(complaint, 'information-request', request)) return unknownPart('request', '#/request');
    return recorded(informationGiven({ request, text }));
  },
});
