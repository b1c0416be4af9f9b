import { Type } from '@sinclair/typebox';
import type { ChapterEvent } from '#complaint/events';
import { told, type Contract } from '../public-form.ts';
import { code, id, issue, maybe, process, severity, yes } from '../vocabulary.ts';

export const issuesContract: Contract<ChapterEvent<'issues'>> = {
  IssueAdded: told('One more thing that went wrong came to light.', Type.Object({ issue: issue('What went wrong') })),
  IssueReclassified: told(
    'What went wrong was classified anew; what is absent stays as it was.',
    Type.Object({
      issue: id('The issue'),
      category: maybe(code('What kind of thing went wrong')),
      severity: maybe(severity('How heavy it weighs')),
      product: maybe(code('Product or service')),
      touchpoint: maybe(code('Where the customer met it')),
      process: maybe(process('What failed')),
    }),
  ),
  IssueAssessed: told(
    'It was decided whether this can be repaired.',
    Type.Object({ issue: id('The issue'), repairable: yes('Whether it can be repaired') }),
  ),
};
