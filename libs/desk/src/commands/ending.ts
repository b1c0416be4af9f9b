import { complaintReopened, complaintResolved } from '#complaint/ending/events';
import { close } from '#complaint/ending/close';
import { recordAnswer } from '#complaint/ending/record-answer';
import { reopen } from '#complaint/ending/reopen';
import { resolve } from '#complaint/ending/resolve';
import { withdraw } from '#complaint/ending/withdraw';
import { ANSWERS, type Answer } from '#complaint/vocabulary';
import { personalText } from '#fact/personal';
import { followUpIdOf } from '../causes.ts';
import { Choice, Text } from '../fields.ts';
import { positionOf } from '../follow-up-desk.ts';
import { CONDUCTORS } from '../roles.ts';
import { DatedBody } from '../shapes.ts';
import { RESOLUTION } from './answers.ts';
import { chapter } from './command-description.ts';
import { complaintCommand } from './complaint-command.ts';

/** How a conduct ends and begins again (docs/domain.md §3). */

export class ResolutionBody extends DatedBody {
  @Text({ means: 'How the complaint is resolved, as the customer was told.' })
  readonly text!: string;
}
/** Answers the follow-up call too, whose stream is open by then (docs/formats.md, Two streams, one decision). */
export const Resolve = complaintCommand({
  operation: 'Ending.resolve',
  summary: 'Tell the customer how the complaint is resolved. A follow-up call is opened.',
  body: ResolutionBody,
  answer: RESOLUTION,
  roles: CONDUCTORS,
  rule: resolve,
  refusals: ['already-closed'],
  facts: ['ComplaintResolved'],
  tell: ({ text }) => ({ text: personalText(text) }),
  then: async (outcome, { calls }) => {
    const complaint = outcome.state!;
    if (outcome.kind === 'recorded') {
      const resolution = outcome.facts.find(({ type }) => type === complaintResolved.type)!;
      const call = await calls.open(complaint, resolution);
      return call ? { members: { followUp: call.id }, position: positionOf(call.outcome) } : {};
    }
    // Resolved before, by another command: that one has opened the call, or the process manager will.
    return complaint.received.origin?.migrated ? {} : { members: { followUp: followUpIdOf(complaint.resolved!.fact) } };
  },
});

export class AnswerBody extends DatedBody {
  @Choice(ANSWERS, { means: 'What the customer says about the resolution.' })
  readonly answer!: Answer;
}
export const RecordAnswer = complaintCommand({
  operation: 'Ending.answer',
  summary: 'Record what the customer says about the resolution.',
  body: AnswerBody,
  roles: CONDUCTORS,
  rule: recordAnswer,
  refusals: [],
  facts: ['CustomerAnswered'],
  tell: ({ answer }) => ({ answer }),
});

export class ClosureBody extends DatedBody {}
export const Close = complaintCommand({
  operation: 'Ending.close',
  summary: 'Close the complaint. What is missing comes back as a list.',
  body: ClosureBody,
  roles: CONDUCTORS,
  rule: close,
  refusals: ['already-closed', 'not-ready-to-close'],
  facts: ['ComplaintClosed'],
  tell: () => ({}),
  // The call is read inside the decision: after a conflict both streams are read again.
  ask: async (command, complaint, { policy }, { calls }) =>
    close(command, complaint, await calls.latest(complaint), policy),
});

export class ReopeningBody extends DatedBody {
  @Text({ means: 'Why the conduct begins anew.' })
  readonly reason!: string;
}
export const Reopen = complaintCommand({
  operation: 'Ending.reopen',
  summary: 'Begin the conduct anew.',
  body: ReopeningBody,
  roles: CONDUCTORS,
  rule: reopen,
  refusals: ['invalid-body', 'reopening-window-passed'],
  facts: ['ComplaintReopened'],
  tell: ({ reason }, { at }) => ({ reason: personalText(reason), effectiveAt: at }),
  then: async (outcome, { calls }) => {
    const reopening = outcome.kind === 'recorded' && outcome.facts.find(({ type }) => type === complaintReopened.type);
    return reopening ? { position: positionOf(await calls.supersede(outcome.state, reopening)) } : {};
  },
});

export class WithdrawalBody extends DatedBody {
  @Text({ means: 'Why the customer withdraws the complaint.' })
  readonly reason!: string;
}
export const Withdraw = complaintCommand({
  operation: 'Ending.withdraw',
  summary: 'Record that the customer withdrew the complaint.',
  body: WithdrawalBody,
  roles: CONDUCTORS,
  rule: withdraw,
  refusals: ['already-closed'],
  facts: ['ComplaintWithdrawn'],
  tell: ({ reason }) => ({ reason: personalText(reason) }),
});

export const ending = chapter('complaints', [Resolve, RecordAnswer, Close, Reopen, Withdraw]);
