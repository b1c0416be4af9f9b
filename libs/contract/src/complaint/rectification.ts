import { Type } from '@sinclair/typebox';
import type { ChapterEvent } from '#complaint/events';
import { told, type Contract } from '../public-form.ts';
import { id } from '../vocabulary.ts';

export const rectificationContract: Contract<ChapterEvent<'rectification'>> = {
  FactRectified: told(
    'An earlier fact was found wrong; whoever is entitled asks over REST what is right.',
    Type.Object({ fact: id('The ce_id of the earlier fact') }),
  ),
};
