import { Type } from '@sinclair/typebox';
import type { FollowUpEvent } from '#follow-up/events';
import { told, type Contract } from './public-form.ts';
import { code, count, duration, id, instant, maybe, yes } from './vocabulary.ts';

/**
 * Calls due and made. NOTE: published for ever; a form only gains optional fields.
 * The customer's subject is not told here: the call cannot know whether its complaint is confidential. Consumers join
 * by the complaint's id.
 */
export const followUpContract: Contract<FollowUpEvent> = {
  FollowUpOpened: told(
    'Somebody has to call the customer.',
    Type.Object({
      kind: code('Why', ['after-resolution']),
      complaint: id('The complaint'),
      resolution: id('The fact that asks for the call'),
      due: instant('By when'),
      attemptLimit: count('Counted attempts after which the customer counts as not reached'),
      attemptGap: duration('Counted attempts lie at least this far apart'),
    }),
  ),
  CallAttempted: told(
    'Somebody called, and the customer could not talk.',
    Type.Object({
      result: code('What happened', ['no-answer', 'busy', 'call-back']),
      counted: yes('Whether it counts towards the limit'),
      number: count('Counted attempts so far, this one included'),
    }),
  ),
  CustomerReached: told(
    'The customer was asked whether all is well.',
    Type.Object({
      solution: maybe(Type.Integer({ minimum: 1, maximum: 5, description: 'Satisfaction with the solution' })),
      attitude: maybe(Type.Integer({ minimum: 1, maximum: 5, description: 'Satisfaction with the attitude' })),
      declined: yes('The customer did not want to give scores'),
    }),
  ),
  CustomerNotReached: told(
    'All attempts were made and the customer could not be reached.',
    Type.Object({ attempts: count('Counted attempts') }),
  ),
  FollowUpRescheduled: told('The call was put off to a better time.', Type.Object({ due: instant('By when now') })),
  FollowUpSuperseded: told(
    'The complaint was reopened, so this call is not needed any more.',
    Type.Object({ by: id('The fact that reopened it') }),
  ),
};
