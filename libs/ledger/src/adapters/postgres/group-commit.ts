import { OutcomeUnknown, StoreUnavailable, type AppendOptions, type AppendResult } from '../../stream/port.ts';

/** One append on its way: `body` is its part of the statement. */
export interface Member {
  readonly stream: string;
  readonly body: string;
  readonly bytes: number;
}

/** What became of one member: its result, or the error that its caller gets. */
export type MemberOutcome = AppendResult | Error;

/** The statement failed as a whole and nothing of it was stored, perhaps by one member's fault: try them singly. */
export class BatchFailed extends Error {
  constructor(
    /** What a member gets that fails even alone. */
    readonly alone: Error,
  ) {
    super('the statement failed as a whole', { cause: alone });
  }
}

export interface GroupCommitLimits {
  readonly batchMembers: number;
  readonly batchBytes: number;
  readonly queueMembers: number;
  readonly queueBytes: number;
}

interface Waiting {
  readonly member: Member;
  readonly settle: (outcome: MemberOutcome) => void;
  sent: boolean;
}

/**
 * Many callers, one statement in flight: while one commit is written to disk, the next batch gathers by itself, so there
 * is no artificial delay. A stream stands in a batch at most once; appends to one stream keep their order.
 */
export class GroupCommit {
  private queue: Waiting[] = [];
  private queuedBytes = 0;
  private draining: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly send: (members: readonly Member[]) => Promise<readonly MemberOutcome[]>,
    private readonly limits: GroupCommitLimits,
  ) {}

  append(member: Member, options: AppendOptions): Promise<AppendResult> {
    if (options.signal?.aborted) return Promise.reject(options.signal.reason as Error);
    if (this.closed) return Promise.reject(new StoreUnavailable('the ledger is closed'));
    if (this.queue.length >= this.limits.queueMembers || this.queuedBytes + member.bytes > this.limits.queueBytes)
      return Promise.reject(new StoreUnavailable('too many appends wait for the ledger'));
    return new Promise((resolve, reject) => {
      const { signal, timeoutMs } = options;
      const giveUp = (unsent: Error): void => {
        if (!waiting.sent) this.remove(waiting);
        waiting.settle(
          waiting.sent ? new OutcomeUnknown('given up while the ledger was at it', { cause: unsent }) : unsent,
        );
      };
      const onAbort = (): void => giveUp(signal!.reason as Error);
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => giveUp(new StoreUnavailable(`not sent within ${timeoutMs} ms`)), timeoutMs);
      const waiting: Waiting = {
        member,
        sent: false,
        settle: (outcome) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.queue.push(waiting);
      this.queuedBytes += member.bytes;
      this.draining ??= this.drain();
    });
  }

  /** Takes nothing more, and answers when everything taken is settled. */
  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
  }

  private async drain(): Promise<void> {
    // Callers of the same turn come along in the first batch.
    await Promise.resolve();
    while (this.queue.length > 0) await this.sendAll(this.nextBatch());
    this.draining = undefined;
  }

  private nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const streams = new Set<string>();
    let bytes = 0;
    const left: Waiting[] = [];
    for (const waiting of this.queue) {
      const { stream, bytes: own } = waiting.member;
      const fits =
        batch.length < this.limits.batchMembers && (batch.length === 0 || bytes + own <= this.limits.batchBytes);
      if (!fits || streams.has(stream)) left.push(waiting);
      else {
        batch.push(waiting);
        bytes += own;
        waiting.sent = true;
      }
      streams.add(stream); // whoever comes later for a stream that has to wait, waits behind it
    }
    this.queue = left;
    this.queuedBytes -= bytes;
    return batch;
  }

  private async sendAll(batch: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.send(batch.map((waiting) => waiting.member));
      batch.forEach((waiting, index) => waiting.settle(outcomes[index]!));
    } catch (error) {
      if (error instanceof BatchFailed && batch.length > 1) for (const waiting of batch) await this.sendAll([waiting]);
      else for (const waiting of batch) waiting.settle(error instanceof BatchFailed ? error.alone : (error as Error));
    }
  }

  private remove(waiting: Waiting): void {
    this.queue = this.queue.filter((other) => other !== waiting);
    this.queuedBytes -= waiting.member.bytes;
  }
}
