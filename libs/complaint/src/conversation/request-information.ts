import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { informationRequested } from './events.ts';

export interface RequestInformation {
  readonly request: string;
  readonly ask: Personal;
  readonly topic?: string;
}

/** Mission §3.4: clarify as a request for help. To ask twice about the same is possible, and counted. */
export const requestInformation = (command: RequestInformation, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  if (complaint.requests.some(({ id }) => id === command.request)) return nothing;
  const before = complaint.requests.filter(({ topic }) => topic === command.topic).length;
  return recorded(
    informationRequested({
      request: command.request,
      ask: command.ask,
      ...(command.topic !== undefined && { topic: command.topic }),
      time: before + 1,
    }),
  );
};
