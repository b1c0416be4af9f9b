import type { Type } from '@nestjs/common';
import { CHAPTERS } from '#desk/commands/chapters';
import { DeskModule } from '#desk/desk.module';
import type { DeskDependencies } from '#desk/desk-dependencies';
import { Desk } from '#desk/desk';
import { deskQueries } from '#desk/queries/queries';
import { LISTS, type Lists } from '#read-models/list';
import { listQueries } from '#read-models/lists';
import type { ApiDependencies } from '../api-dependencies.ts';
import { readDoors } from './read-doors.ts';
import { writeDoors } from './write-doors.ts';

/** Every door to the desk and to the lists. */
export const DOORS: readonly Type[] = [...CHAPTERS.flatMap(writeDoors), ...readDoors([...deskQueries, ...listQueries])];

/** What a program adds to `createApi`. */
export const doors = (
  desk: DeskDependencies,
  readers: Pick<Lists, 'pool' | 'store' | 'secrets'>,
): Required<Pick<ApiDependencies, 'imports' | 'controllers' | 'providers'>> => ({
  imports: [DeskModule.with(desk)],
  controllers: DOORS,
  providers: [
    {
      provide: LISTS,
      inject: [Desk],
      useFactory: ({ parts, policies }: Desk): Lists => ({
        ...readers,
        vault: parts.vault,
        clock: parts.clock,
        policy: () => policies.newest(),
      }),
    },
  ],
});
