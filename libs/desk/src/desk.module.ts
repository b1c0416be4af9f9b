import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { CHAPTERS } from './commands/chapters.ts';
import { ComplaintDesk } from './complaint-desk.ts';
import { Desk } from './desk.ts';
import { FollowUpDesk } from './follow-up-desk.ts';
import { DESK_DEPENDENCIES, type DeskDependencies } from './desk-dependencies.ts';
import { DESK_READS, type DeskReads } from './queries/desk-reads.ts';
import { ReadsModule } from './queries/read.ts';
import { OpenFollowUpHandler, SupersedeFollowUpHandler } from './system/conduct-calls.ts';
import { EvaluateRecurrenceHandler } from './system/evaluate-recurrence.ts';
import { BreakPromiseHandler, MissClockHandler } from './system/mark-missed.ts';

/** What people ask the desk to do. */
const commands = CHAPTERS.flatMap((chapter) => chapter.commands.map(({ Handler }) => Handler));

/** What the process manager asks. No door leads here. */
const system = [
  OpenFollowUpHandler,
  SupersedeFollowUpHandler,
  BreakPromiseHandler,
  MissClockHandler,
  EvaluateRecurrenceHandler,
];

/** What reads are answered from. */
const reads: FactoryProvider<DeskReads> = {
  provide: DESK_READS,
  inject: [Desk, ComplaintDesk, FollowUpDesk],
  useFactory: (desk: Desk, complaints: ComplaintDesk, calls: FollowUpDesk) => ({
    desk,
    complaints,
    calls,
    vault: desk.parts.vault,
  }),
};

/** The desk as a Nest module: CommandBus and QueryBus lead to its handlers. */
@Module({})
export class DeskModule {
  static with(parts: DeskDependencies): DynamicModule {
    return {
      module: DeskModule,
      imports: [ReadsModule],
      providers: [
        { provide: DESK_DEPENDENCIES, useValue: parts },
        Desk,
        ComplaintDesk,
        FollowUpDesk,
        ...commands,
        ...system,
        reads,
      ],
      exports: [ReadsModule, DESK_DEPENDENCIES, Desk],
    };
  }
}
