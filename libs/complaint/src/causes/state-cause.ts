import { nothing, recorded, refused } from '#fact/decision';
import type { Personal } from '#fact/personal';
import type { Process } from '#fact/vocabulary';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { causeConfirmed, causeSuspected } from './events.ts';
import { unknownPart } from '../unknown-part.ts';

export interface StateCause {
  readonly cause: string;
  readonly issue: string;
  readonly state: 'hypothesis' | 'confirmed';
  /** The suspicion that this confirms; only of a confirmed cause. */
  readonly confirms?: string;
  readonly process: Process;
  readonly text?: Personal;
}

/** Mission §3.7: the cause is named per issue, possibly several, first as a suspicion. A process, never a person. */
export const stateCause = (command: StateCause, complaint: Complaint, _policy: Policy) => {
  const end = ended(complaint);
  if (end) return end;
  const { state, confirms, text, ...named } = command;
  if (!complaint.issues.some(({ id }) => id === command.issue)) return unknownPart('issue', '#/issue');
  if (complaint.causes.some(({ id }) => id === command.cause)) return nothing;
  const stated = { ...named, ...(text !== undefined && { text }) };
  if (confirms === undefined) return recorded(state === 'confirmed' ? causeConfirmed(stated) : causeSuspected(stated));
  if (state === 'hypothesis') return confirmsNothing;
  const suspicion = complaint.causes.find(({ id, issue }) => id === confirms && issue === command.issue);
  if (!suspicion) return unknownPart('cause', '#/confirms');
  return recorded(causeConfirmed({ ...stated, confirms }));
};

const confirmsNothing = refused('invalid-body', 'A hypothesis confirms nothing yet.', {
  errors: [{ pointer: '#/confirms', code: 'not-allowed', detail: 'Only a confirmed cause confirms a suspicion.' }],
});
