import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { correctionMade } from './events.ts';
import { unknownPart } from '../unknown-part.ts';

export interface Correct {
  readonly correction: string;
  readonly issue: string;
  readonly what: Personal;
  /** In the customer's presence, as it should be where possible. */
  readonly inPresence: boolean;
}

/** Mission §3.5: put it right. Each correction is a new fact. */
export const correct = (command: Correct, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  const issue = complaint.issues.find(({ id }) => id === command.issue);
  if (!issue) return unknownPart('issue', '#/issue');
  if (complaint.issues.some(({ corrections }) => corrections.some(({ id }) => id === command.correction)))
    return nothing;
  const { correction, what, inPresence } = command;
  return recorded(correctionMade({ correction, issue: issue.id, what, inPresence }));
};
