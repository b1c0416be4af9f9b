import { Type } from '@sinclair/typebox';
import type { ChapterEvent } from '#complaint/events';
import { told, type Contract } from '../public-form.ts';
import { code, id, instant } from '../vocabulary.ts';

export const promisesContract: Contract<ChapterEvent<'promises'>> = {
  PromiseMade: told(
    'We promised the customer something by a time.',
    Type.Object({
      promise: id('The promise'),
      what: code('What was promised', ['update', 'fix', 'payment']),
      due: instant('By when'),
    }),
  ),
  PromiseFulfilled: told('A promise to the customer was kept.', Type.Object({ promise: id('The promise') })),
  PromiseBroken: told(
    'A promise to the customer was not kept in time.',
    Type.Object({ promise: id('The promise'), what: code('What was promised'), due: instant('By when') }),
  ),
};
