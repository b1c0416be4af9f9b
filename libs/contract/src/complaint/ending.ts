import { Type } from '@sinclair/typebox';
import type { ChapterEvent } from '#complaint/events';
import { told, type Contract } from '../public-form.ts';
import { code, id, maybe } from '../vocabulary.ts';

export const endingContract: Contract<ChapterEvent<'ending'>> = {
  CustomerAnswered: told(
    'The customer said whether the resolution is acceptable.',
    Type.Object({ answer: code('What the customer said', ['accepted', 'partly', 'not-accepted', 'silent']) }),
  ),
  ComplaintResolved: told('The customer was told how the complaint is resolved.', Type.Object({})),
  ComplaintClosed: told(
    'Everything that closing demands was done.',
    Type.Object({
      followUp: maybe(
        Type.Object(
          { id: id('The call'), standing: code('How it ended', ['reached', 'exhausted']) },
          { description: 'The call that made sure; absent for records that were brought over' },
        ),
      ),
    }),
  ),
  ComplaintReopened: told('The conduct of the complaint begins anew.', Type.Object({})),
  ComplaintWithdrawn: told('The customer withdrew the complaint.', Type.Object({})),
};
