import { nothing, recorded } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { partStep } from '../part-step.ts';
import { partOf } from '../sub-resources.ts';
import { unknownPart } from '../unknown-part.ts';
import { correctionMade } from './events.ts';

export interface Correct {
  readonly correction: string;
  readonly issue: string;
  readonly what: Personal;
  /** In the customer's presence, as it should be where possible. */
  readonly inPresence: boolean;
}

/** docs/domain.md §3.5: put it right. Each correction is a new fact. */
export const correct = partStep({
  step: 'corrections',
  of: 'issue',
  can: (complaint: Complaint) => ended(complaint),
  decide: ({ correction, what, inPresence }: Correct, complaint, _policy, issue) => {
    if (!issue) return unknownPart('issue', '#/issue');
    return partOf(complaint, 'correction', correction)
      ? nothing
      : recorded(correctionMade({ correction, issue: issue.id, what, inPresence }));
  },
});
