import type { ApiParts } from '../api-dependencies.ts';
import { DeskModule } from '#desk/desk.module';
import type { DeskDependencies } from '#desk/desk-dependencies';
import { ConversationDoors } from './conversation.ts';
import { CustomerDoors } from './customers.ts';
import { EndingDoors } from './ending.ts';
import { FollowUpCallDoors } from './follow-up-calls.ts';
import { LIST_READERS, type ListReaders } from './listed.ts';
import { NormDoors, OverdueDoors, RecurringComplaintDoors } from './lists.ts';
import { PolicyDoors } from './policy.ts';
import { PuttingRightDoors } from './putting-right.ts';
import { ReadingDoors } from './reading-doors.ts';
import { ReceivingDoors } from './receiving.ts';

/** Every door to the desk and to the lists: what a program adds to `createApi`. */
export const doors = (
  desk: DeskDependencies,
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
