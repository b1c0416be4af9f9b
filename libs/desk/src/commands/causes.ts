import { explain } from '#complaint/causes/explain';
import { stateCause } from '#complaint/causes/state-cause';
import { personalText } from '#fact/personal';
import { Process, Uuid } from '#fact/vocabulary';
import { code, marked, optional, Told } from '../answer-schemas.ts';
import { wrongMember } from '../answering.ts';
import { Choice, Flag, Id, Inside, Text } from '../fields.ts';
import { partView, told } from '../part-view.ts';
import { CONDUCTORS } from '../roles.ts';
import { DatedBody, personalTexts, present, ProcessBody } from '../shapes.ts';
import { chapter } from './command-description.ts';
import { complaintCommand } from './complaint-command.ts';

/** Why it happened, and what the customer was told of it (docs/domain.md §3). */

export class CauseBody extends DatedBody {
  @Id()
  readonly issue!: string;
  @Choice(['hypothesis', 'confirmed'])
  readonly state!: 'hypothesis' | 'confirmed';
  @Id({ optional: true, means: 'The suspicion that this confirms.' })
  readonly confirms?: string;
  @Inside(() => ProcessBody, { means: 'The process that failed, never a person.' })
  readonly process!: ProcessBody;
  @Text({ optional: true })
  readonly text?: string;
}
export const StateCause = complaintCommand({
  operation: 'PuttingRight.stateCause',
  summary: 'Name the process that is suspected or confirmed as a cause.',
  body: CauseBody,
  roles: CONDUCTORS,
  rule: stateCause,
  refusals: ['already-closed', 'unknown-issue', 'invalid-body'],
  facts: ['CauseSuspected', 'CauseConfirmed'],
  creates: 'cause',
  tell: ({ issue, state, confirms, process, text }, { id }) => ({
    cause: id,
    issue,
    state,
    process: present({ ...process }),
    ...present({ confirms }),
    ...personalTexts({ text }),
  }),
});

/** Either `text`, or `waived: true` with `reason`. */
export class ExplanationBody extends DatedBody {
  @Text({ optional: true, means: 'What the customer was told about why it happened.' })
  readonly text?: string;
  @Flag({ optional: true, means: 'true: no explanation is owed, for the reason given.' })
  readonly waived?: boolean;
  @Text({ optional: true, means: 'Why none is owed.' })
  readonly reason?: string;
}
export const Explain = complaintCommand({
  operation: 'PuttingRight.explain',
  summary: 'Explain why it happened, or say why no explanation is owed.',
  body: ExplanationBody,
  roles: CONDUCTORS,
  rule: explain,
  refusals: ['already-closed'],
  facts: ['CauseExplained', 'ExplanationWaived'],
  check: ({ text, waived = false, reason }) => {
    if (waived && reason === undefined) return wrongMember('#/reason', 'required', 'A waiver needs a reason.');
    if (waived && text !== undefined)
      return wrongMember('#/text', 'contradiction', 'Either an explanation or a waiver.');
    if (!waived && text === undefined)
      return wrongMember('#/text', 'required', 'An explanation needs a text; `waived` needs `reason`.');
    if (!waived && reason !== undefined)
      return wrongMember('#/reason', 'contradiction', 'A reason belongs to a waiver.');
    return undefined;
  },
  tell: ({ text, reason }) => (text === undefined ? { reason: personalText(reason!) } : { text: personalText(text) }),
});

/** How these are read. */
export const causesViews = {
  cause: partView('cause', {
    operation: 'Reading.cause',
    summary: 'A cause, suspected or confirmed.',
    member: 'causes',
    answer: marked({
      id: Uuid,
      issue: Uuid,
      state: code,
      confirms: optional(Uuid),
      process: Process,
      text: optional(Told),
    }),
    view: told,
  }),
};

export const causes = chapter('complaints', [StateCause, Explain]);
