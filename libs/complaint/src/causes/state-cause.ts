import { nothing, recorded, refused } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Process } from '#fact/vocabulary';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { partStep } from '../part-step.ts';
import { partOf } from '../sub-resources.ts';
import { unknownPart } from '../unknown-part.ts';
import { causeConfirmed, causeSuspected } from './events.ts';

export interface StateCause {
  readonly cause: string;
  readonly issue: string;
  readonly state: 'hypothesis' | 'confirmed';
  /** The suspicion that this confirms; only of a confirmed cause. */
  readonly confirms?: string;
  readonly process: Process;
  readonly text?: Personal;
}

/** docs/domain.md §3.7: the cause is named per issue, possibly several, first as a suspicion. A process, never a person. */
export const stateCause = partStep({
  step: 'causes',
  of: 'issue',
  can: (complaint: Complaint) => ended(complaint),
  decide: ({ state, confirms, text, ...named }: StateCause, complaint, _policy, issue) => {
    if (!issue) return unknownPart('issue', '#/issue');
    if (partOf(complaint, 'cause', named.cause)) return nothing;
    const stated = { ...named, ...(text !== undefined && { text }) };
    if (confirms === undefined)
      return recorded(state === 'confirmed' ? causeConfirmed(stated) : causeSuspected(stated));
    if (state === 'hypothesis') return confirmsNothing;
    if (partOf(complaint, 'cause', confirms)?.issue !== issue.id) return unknownPart('cause', '#/confirms');
    return recorded(causeConfirmed({ ...stated, confirms }));
  },
});

const confirmsNothing = refused('invalid-body', 'A hypothesis confirms nothing yet.', {
  errors: [{ pointer: '#/confirms', code: 'not-allowed', detail: 'Only a confirmed cause confirms a suspicion.' }],
});
