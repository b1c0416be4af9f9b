import { Type } from '@sinclair/typebox';
import type { ChapterEvent } from '#complaint/events';
import { told, type Contract } from '../public-form.ts';
import { id, maybe, process } from '../vocabulary.ts';

export const causesContract: Contract<ChapterEvent<'causes'>> = {
  CauseSuspected: told(
    'A process is suspected as the cause.',
    Type.Object({ cause: id('The cause'), issue: id('The issue'), process: process('What is suspected') }),
  ),
  CauseConfirmed: told(
    'A process is confirmed as the cause.',
    Type.Object({
      cause: id('The cause'),
      issue: id('The issue'),
      confirms: maybe(id('The suspected cause that this confirms')),
      process: process('What failed'),
    }),
  ),
  CauseExplained: told('The customer was told why it happened.', Type.Object({})),
  ExplanationWaived: told('No explanation is owed, for a stated reason.', Type.Object({})),
};
