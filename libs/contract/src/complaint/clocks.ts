import { Type } from '@sinclair/typebox';
import type { ChapterEvent } from '#complaint/events';
import { told, type Contract } from '../public-form.ts';
import { instant } from '../vocabulary.ts';

export const clocksContract: Contract<ChapterEvent<'clocks'>> = {
  FirstResponseMissed: told(
    'Nobody answered the customer within the norm.',
    Type.Object({ due: instant('By when an answer was due') }),
  ),
  FirstResponseFoundTimely: told(
    'A response that was recorded late turned out to have been given in time.',
    Type.Object({ due: instant('By when an answer was due'), respondedAt: instant('When it was given') }),
  ),
};
