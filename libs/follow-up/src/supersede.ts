import type { RefusalCode } from '#complaint/refusals';
import { nothing, recorded, type Decision } from '#fact/decision';
import type { Policy } from '#policy/policy';
import { followUpSuperseded, type FollowUpEvent } from './events.ts';
import type { FollowUp } from './follow-up.ts';

/** The system's own: the complaint was reopened. */
export interface Supersede {
  /** The reopening's fact. */
  readonly reopening: string;
}

/** formats.md, Two streams, one decision: reopening supersedes an open call; what a call brought to light stands. */
export const supersede = (command: Supersede, call: FollowUp, _policy: Policy): Decision<FollowUpEvent, RefusalCode> =>
  call.situation === 'open' ? recorded(followUpSuperseded({ by: command.reopening })) : nothing;
