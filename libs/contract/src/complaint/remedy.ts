import { Type } from '@sinclair/typebox';
import type { ChapterEvent } from '#complaint/events';
import { told, type Contract } from '../public-form.ts';
import { code, id, maybe, money, yes } from '../vocabulary.ts';

export const remedyContract: Contract<ChapterEvent<'remedy'>> = {
  CorrectionMade: told(
    'What went wrong was put right.',
    Type.Object({
      correction: id('The correction'),
      issue: id('The issue'),
      inPresence: yes('Whether the customer was there'),
    }),
  ),
  CompensationOffered: told(
    'The customer was offered something of value for time and trouble.',
    Type.Object({
      compensation: id('The compensation'),
      issue: id('The issue'),
      item: code('The item of the catalogue', ['free-delivery']),
      value: maybe(money('What it is worth')),
    }),
  ),
  CompensationAccepted: told(
    'The customer accepted the compensation.',
    Type.Object({ compensation: id('The compensation') }),
  ),
  CompensationDeclined: told(
    'The customer declined the compensation.',
    Type.Object({ compensation: id('The compensation') }),
  ),
  CompensationDelivered: told(
    'The compensation reached the customer.',
    Type.Object({ compensation: id('The compensation') }),
  ),
};
