import { Type } from '@sinclair/typebox';
import { defineEvent } from '#fact/define-event';
import { Code, Process, Uuid, oneOf, personal } from '#fact/vocabulary';
import { SEVERITIES } from '#policy/vocabulary';
import { Issue } from '../vocabulary.ts';

/** docs/domain.md §1 and §3.5: what went wrong. NOTE: stored for ever (see intake/events.ts). */

export const issueAdded = defineEvent({
  type: 'IssueAdded',
  noun: 'complaint',
  means: 'One more thing that went wrong came to light.',
  data: Type.Object({ issue: Issue }),
});

export const issueReclassified = defineEvent({
  type: 'IssueReclassified',
  noun: 'complaint',
  means: 'What went wrong was classified anew.',
  data: Type.Object({
    issue: Uuid,
    category: Type.Optional(Code),
    severity: Type.Optional(oneOf(SEVERITIES)),
    product: Type.Optional(Code),
    touchpoint: Type.Optional(Code),
    process: Type.Optional(Process),
    reason: personal(),
  }),
});

export const issueAssessed = defineEvent({
  type: 'IssueAssessed',
  noun: 'complaint',
  means: 'It was decided whether this can be repaired.',
  data: Type.Object({ issue: Uuid, repairable: Type.Boolean() }),
});

export const issuesEvents = [issueAdded, issueReclassified, issueAssessed] as const;
