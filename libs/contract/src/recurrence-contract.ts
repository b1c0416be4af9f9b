import { Type } from '@sinclair/typebox';
import type { RecurrenceEvent } from '#recurrence/events';
import { told, type Contract } from './public-form.ts';
import { code, count, duration, id, listOf, maybe } from './vocabulary.ts';

const evaluation = {
  group: Type.Object(
    {
      category: code('What kind of thing went wrong'),
      product: maybe(code('Product or service')),
      department: maybe(code('The department')),
      process: maybe(code('The process')),
      touchpoint: maybe(code('Where customers met it')),
    },
    { description: 'What makes complaints "the same again"' },
  ),
  count: count('Complaints inside the window'),
  threshold: count('The number from which it counts as recurring'),
  window: duration('How far the window reaches back'),
  through: count("The number of the group's facts that were evaluated, in ledger order"),
};

/** What keeps going wrong (docs/domain.md §6). NOTE: published for ever; a form only gains optional fields. */
export const recurrenceContract: Contract<RecurrenceEvent> = {
  RecurrenceNoticed: told(
    'The same thing went wrong too often.',
    Type.Object({ ...evaluation, evidence: listOf(id('One of them'), 'The complaints inside the window') }),
  ),
  RecurrenceSubsided: told('It happens below the threshold again.', Type.Object(evaluation)),
};
