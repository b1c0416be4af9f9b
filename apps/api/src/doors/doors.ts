import type { ApiParts } from '../parts.ts';
import { DeskModule } from '../../../../libs/desk/src/desk.module.ts';
import type { DeskParts } from '../../../../libs/desk/src/parts.ts';
import { ConversationDoors } from './conversation.ts';
import { CustomerDoors } from './customers.ts';
import { EndingDoors } from './ending.ts';
import { FollowUpCallDoors } from './follow-up-calls.ts';
import { LIST_READERS, type ListReaders } from './listed.ts';
import { NormDoors, OverdueDoors, RecurringComplaintDoors } from './lists.ts';
import { PolicyDoors } from './policy.ts';
import { PuttingRightDoors } from './putting-right.ts';
import { ReadingDoors } from './reading.ts';
import { ReceivingDoors } from './receiving.ts';

/** Every door to the desk and to the lists: what a program adds to `createApi`. */
export const doors = (
  desk: DeskParts,
  readers: ListReaders,
): Required<Pick<ApiParts, 'imports' | 'controllers' | 'providers'>> => ({
  imports: [DeskModule.with(desk)],
  controllers: [
    ReceivingDoors,
    ReadingDoors,
    ConversationDoors,
    PuttingRightDoors,
    EndingDoors,
    FollowUpCallDoors,
    RecurringComplaintDoors,
    OverdueDoors,
    NormDoors,
    PolicyDoors,
    CustomerDoors,
  ],
  providers: [{ provide: LIST_READERS, useValue: readers }],
});
