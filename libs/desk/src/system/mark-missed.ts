import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { breakPromise } from '#complaint/promises/break-promise';
import type { Complaint } from '#complaint/complaint';
import { complaintStreams } from '#complaint/complaint-streams';
import { firstResponseDue } from '#complaint/clocks/first-response';
import { missFirstResponse } from '#complaint/clocks/miss-first-response';
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

export class MissFirstResponse extends Command<Settlement> {
  constructor(
    readonly complaint: string,
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

@CommandHandler(MissFirstResponse)
export class MissFirstResponseHandler implements ICommandHandler<MissFirstResponse> {
  constructor(private readonly desk: Desk) {}

  execute(command: MissFirstResponse): Promise<Settlement> {
    return mark(
      this.desk,
      command,
      {},
      (complaint) => firstResponseDue(complaint)?.due,
      (complaint, { policy, now }) => missFirstResponse({ now }, complaint, policy),
    );
  }
}
