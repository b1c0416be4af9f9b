import { Type } from '@sinclair/typebox';
import type { ChapterEvent } from '#complaint/events';
import { told, type Contract } from '../public-form.ts';
import { code, count, id, maybe } from '../vocabulary.ts';

export const conversationContract: Contract<ChapterEvent<'conversation'>> = {
  CustomerThanked: told('The customer was thanked.', Type.Object({})),
  ApologyGiven: told(
    'Somebody apologised to the customer.',
    Type.Object({
      level: code('The role of who apologised', ['handler', 'manager', 'director']),
      form: code('How', ['spoken', 'written', 'gift']),
    }),
  ),
  ResponsibilityAccepted: told('Responsibility was accepted in the name of the company.', Type.Object({})),
  InformationRequested: told(
    'The customer was asked for help in clarifying what happened.',
    Type.Object({
      request: id('The request'),
      topic: maybe(code('What was asked for', ['photo'])),
      time: count('How often this topic has been asked for; 2 = asked twice'),
    }),
  ),
  InformationGiven: told(
    'The customer told us more about what happened.',
    Type.Object({ request: maybe(id('The request that this answers')) }),
  ),
  MessageRecorded: told(
    'A message went to the customer or came from the customer.',
    Type.Object({
      message: id('The message'),
      direction: code('From or to the customer', ['in', 'out']),
      channel: code('How'),
    }),
  ),
  NoteRecorded: 'private',
  RuleOverridden: told(
    'A rule was set aside for what follows, for a stated reason.',
    Type.Object({ rule: code('The rule', ['apology-before-thanks']) }),
  ),
};
