import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import { followUpSuperseded } from './events.ts';
import type { FollowUp } from './follow-up.ts';

/** The system's own: the complaint was reopened. */
export interface Supersede {
  /** The reopening's fact. */
  readonly reopening: string;
}

/** docs/formats.md, Two streams, one decision: reopening supersedes an open call; what a call brought to light stands. */
export const supersede = (command: Supersede, call: FollowUp, _policy: Policy) =>
  call.situation === 'open' ? recorded(followUpSuperseded({ by: command.reopening })) : nothing;
