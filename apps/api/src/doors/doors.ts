import type { Type } from '@nestjs/common';
import type { ApiParts } from '../api-dependencies.ts';
import { CHAPTERS } from '#desk/commands/chapters';
import { DeskModule } from '#desk/desk.module';
import type { DeskDependencies } from '#desk/desk-dependencies';
import { CustomerDoors } from './customers.ts';
import { FollowUpCallDoors } from './follow-up-calls.ts';
import { LIST_READERS, type ListReaders } from './listed.ts';
import { NormDoors, OverdueDoors, RecurringComplaintDoors } from './lists.ts';
import { PolicyDoors } from './policy.ts';
import { ReadingDoors } from './reading-doors.ts';
import { ReceivingDoors } from './receiving.ts';
import { writeDoors } from './write-doors.ts';

/** Every door to the desk and to the lists. */
export const DOORS: readonly Type[] = [
  ...CHAPTERS.flatMap(writeDoors),
  ReceivingDoors,
  ReadingDoors,
  FollowUpCallDoors,
  RecurringComplaintDoors,
  OverdueDoors,
  NormDoors,
  PolicyDoors,
  CustomerDoors,
];

/** What a program adds to `createApi`. */
export const doors = (
  desk: DeskDependencies,
  readers: ListReaders,
): Required<Pick<ApiParts, 'imports' | 'controllers' | 'providers'>> => ({
  imports: [DeskModule.with(desk)],
  controllers: DOORS,
  providers: [{ provide: LIST_READERS, useValue: { ...readers, clock: desk.clock } }],
});
