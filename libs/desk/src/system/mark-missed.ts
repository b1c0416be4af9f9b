import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { breakPromise } from '#complaint/promises/break-promise';
import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import { missClock } from '#complaint/clocks/miss-clock';
import type { ClockName } from '#complaint/clocks/table';
import { missedAt } from '#complaint/clocks/missed-at';
import { streamOf } from '#fact/stream-kind';
import { notFound } from '../answering.ts';
import type { Cause } from '../causes.ts';
import type { ComplaintDecision } from '../complaint-desk.ts';
import { Desk, type Asked } from '../desk.ts';
import { systemRequest } from '../follow-up-desk.ts';
import { settled, type Settlement } from './settlement.ts';

/**
 * What the process manager marks when a time has run out. The rules look again whether it was really missed; a mark takes
 * effect at the due that was missed (docs/formats.md, Time).
 */

export class BreakPromise extends Command<Settlement> {
  constructor(
    readonly complaint: string,
    readonly promise: string,
    readonly cause: Cause,
  ) {
    super();
  }
}

export class MissClock extends Command<Settlement> {
  constructor(
    readonly complaint: string,
    readonly clock: ClockName,
    /** Which clock of that name. */
    readonly due: string,
    readonly cause: Cause,
  ) {
    super();
  }
}

type Marking = { readonly complaint: string; readonly cause: Cause };

/** `due`: of what may have been missed; undefined: there is nothing to miss. */
const mark = async (
  desk: Desk,
  { complaint, cause }: Marking,
  content: object,
  due: (complaint: Complaint) => string | undefined,
  decide: (complaint: Complaint, asked: Asked & { now: string }) => ComplaintDecision,
): Promise<Settlement> => {
  const stream = streamOf('complaint', complaint);
  const stands = await desk.read(complaintStreams, stream);
  if (!stands) return notFound;
  // Dues never change once a fact has set them, so they may be read ahead of the decision.
  const missed = due(stands.state);
  const effectiveAt = missed === undefined ? undefined : missedAt(stands.state, missed);
  const now = desk.now();
  if (effectiveAt !== undefined && effectiveAt > now) return { kind: 'nothing' };
  const request = systemRequest(desk, cause, content, effectiveAt);
  return settled(
    await desk.write(complaintStreams, stream, request, (state, asked) =>
      decide(state!, { ...asked, now: desk.now() }),
    ),
  );
};

@CommandHandler(BreakPromise)
export class BreakPromiseHandler implements ICommandHandler<BreakPromise> {
  constructor(private readonly desk: Desk) {}

  execute(command: BreakPromise): Promise<Settlement> {
    const { promise } = command;
    return mark(
      this.desk,
      command,
      { promise },
      (complaint) => complaint.promises.find(({ id }) => id === promise)?.due,
      (complaint, { policy, now }) => breakPromise({ promise, now }, complaint, policy),
    );
  }
}

@CommandHandler(MissClock)
export class MissClockHandler implements ICommandHandler<MissClock> {
  constructor(private readonly desk: Desk) {}

  execute(command: MissClock): Promise<Settlement> {
    const { clock, due } = command;
    return mark(
      this.desk,
      command,
      {}, // NOTE: its digest is stored; the command id tells clocks apart
      () => due,
      (complaint, { policy, now }) => missClock({ clock, due, now }, complaint, policy),
    );
  }
}
