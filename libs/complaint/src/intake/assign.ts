import { nothing, recorded, type Decision } from '#fact/decision';
import type { Policy } from '#policy/policy';
import type { Complaint } from '../complaint.ts';
import { ended } from '../ending/ended.ts';
import type { ComplaintEvent } from '../events.ts';
import { handlerAssigned } from '../events/intake.ts';
import type { RefusalCode } from '../refusals.ts';

export interface Assign {
  /** An actor's id. */
  readonly handler: string;
}

/** Mission §1: one handler conducts a complaint throughout; a change is a fact. */
export const assign = (command: Assign, complaint: Complaint, _policy: Policy): Decision<ComplaintEvent, RefusalCode> =>
  ended(complaint) ??
  (complaint.handler === command.handler ? nothing : recorded(handlerAssigned({ handler: command.handler })));
