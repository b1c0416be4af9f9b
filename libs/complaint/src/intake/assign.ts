import { nothing, recorded } from '#fact/decision';
import { step } from '#fact/step';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import { handlerAssigned } from './events.ts';

export interface Assign {
  /** An actor's id. */
  readonly handler: string;
}

/** docs/domain.md §1: one handler conducts a complaint throughout; a change is a fact. */
export const assign = step({
  step: 'assignments',
  can: (complaint: Complaint) => ended(complaint),
  decide: (command: Assign, complaint) =>
    complaint.handler === command.handler ? nothing : recorded(handlerAssigned({ handler: command.handler })),
});
