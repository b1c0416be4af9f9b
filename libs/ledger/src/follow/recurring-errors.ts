import type { FollowOptions } from './follower.ts';
import { ForeignPosition, type RecordedEvent } from '../stream/port.ts';
import { FollowerStopped, failureOf, nameOf, whereOf } from './failure.ts';
import type { Reporter } from './reporter.ts';

/** Tells what goes wrong while a subscription is followed: in the log and in the status, by class and code only. */
export class RecurringErrors {
  constructor(
    private readonly options: Pick<FollowOptions, 'follower' | 'log'>,
    private readonly reporter: Reporter,
  ) {}

  /** The error with which following ends. */
  stop(error: unknown, event?: RecordedEvent): FollowerStopped {
    const { subscription } = this.options.follower;
    const reason = error instanceof ForeignPosition ? error.reason : nameOf(error);
    this.options.log?.error(
      { subscription, error: reason, where: whereOf(error), ...placeOf(event) },
      `follower stopped: ${hintFor(error)}`,
    );
    return new FollowerStopped(subscription, reason);
  }

  retrying(error: unknown, attempt: number): void {
    const reason = nameOf(error);
    this.reporter.retrying(reason);
    this.options.log?.warn(
      { subscription: this.options.follower.subscription, error: reason, where: whereOf(error), attempt },
      'follower tries again',
    );
  }

  parked(event: RecordedEvent, error: unknown): void {
    this.options.log?.error(
      {
        subscription: this.options.follower.subscription,
        error: nameOf(error),
        where: whereOf(error),
        ...placeOf(event),
      },
      'fact parked, with what follows in its stream',
    );
  }
}

/** The checkpoint is of a ledger from before a copy or a restore. */
export const OTHER_EPOCH =
  'its checkpoint is of another epoch: the ledger was copied or restored, and this checkpoint was not taken along. ' +
  'A read model is built anew by `npm run rebuild -- rebuild <model>`';

const hintFor = (error: unknown): string => {
  if (error instanceof ForeignPosition) return OTHER_EPOCH;
  return failureOf(error) === 'unknown-fact' ? 'this program is older than the ledger: upgrade it' : 'it may not go on';
};

const placeOf = (event: RecordedEvent | undefined): object =>
  event
    ? { stream: event.stream, revision: event.revision.toString(), position: event.position, type: event.type }
    : {};
