import { recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { informationGiven } from './events.ts';
import { unknownPart } from '../unknown-part.ts';

export interface GiveInformation {
  /** The request that it answers; absent: the customer told it unasked. */
  readonly request?: string;
  readonly text: Personal;
}

/** Mission §3.4: what the customer adds. Each time a new fact. */
export const giveInformation = (command: GiveInformation, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  if (command.request === undefined) return recorded(informationGiven({ text: command.text }));
  if (!complaint.requests.some(({ id }) => id === command.request)) return unknownPart('request', '#/request');
  return recorded(informationGiven({ request: command.request, text: command.text }));
};
