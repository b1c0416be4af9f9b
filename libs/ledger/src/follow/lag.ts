import type { EventFilter, EventStore, Position } from '../stream/port.ts';

/** Beyond this many facts the lag is "at least" (docs/formats.md, Followers). */
export const LAG_LIMIT = 10_000;
const PAGE = 1000;

export interface Lag {
  readonly lagFacts: number;
  /** True: there are more; that many were counted. */
  readonly lagIsAtLeast: boolean;
  /** The age of the oldest fact that is not applied; 0 when caught up. */
  readonly lagSeconds: number;
}

/**
 * Counts the facts behind a checkpoint. Positions need not be dense, so they are counted by reading; but each fact is
 * read once, not once a question: what was counted is kept (position and instant, at most some 11,000), facts that the
 * checkpoint has passed are dropped, and the next count goes on where the last one ended. Caught up, it is one empty read.
 */
export class LagWindow {
  private ahead: { position: Position; recordedAt: number }[] = [];
  private checkpoint: Position | undefined;
  private scannedTo: Position | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: EventStore,
    private readonly filter: EventFilter | undefined,
  ) {}

  measure(checkpoint: Position | undefined, now: Date): Promise<Lag> {
    const measured = this.turn.then(() => this.count(checkpoint, now));
    this.turn = measured.catch(() => undefined);
    return measured;
  }

  private async count(checkpoint: Position | undefined, now: Date): Promise<Lag> {
    this.moveTo(checkpoint);
    let atHead = false;
    // A filter may leave out nearly everything: no more is read at a time than the limit, and the next count goes on.
    for (let pages = 0; pages <= LAG_LIMIT / PAGE && this.ahead.length <= LAG_LIMIT && !atHead; pages++) {
      const page = await this.store.readAll({
        maxCount: PAGE,
        ...(this.scannedTo !== undefined && { after: this.scannedTo }),
        ...(this.filter && { filter: this.filter }),
      });
      for (const { position, metadata } of page.events)
        this.ahead.push({ position, recordedAt: Date.parse(metadata.recordedAt) });
      if (page.scannedTo !== undefined) this.scannedTo = page.scannedTo;
      atHead = page.atHead || page.scannedTo === undefined;
    }
    const oldest = this.ahead[0];
    return {
      lagFacts: Math.min(this.ahead.length, LAG_LIMIT),
      lagIsAtLeast: this.ahead.length > LAG_LIMIT || !atHead,
      lagSeconds: oldest ? Math.max(0, (now.getTime() - oldest.recordedAt) / 1000) : 0,
    };
  }

  private moveTo(checkpoint: Position | undefined): void {
    if (!isOnwards(this.checkpoint, checkpoint)) {
      this.ahead = [];
      this.scannedTo = checkpoint;
    } else if (checkpoint !== undefined) {
      const passed = this.ahead.findIndex(({ position }) => position > checkpoint);
      this.ahead = passed < 0 ? [] : this.ahead.slice(passed);
      if (this.scannedTo === undefined || this.scannedTo < checkpoint) this.scannedTo = checkpoint;
    }
    this.checkpoint = checkpoint;
  }
}

/** False when a checkpoint was set back or belongs to another epoch: what was counted does not hold any more. */
const isOnwards = (from: Position | undefined, to: Position | undefined): boolean =>
  from === undefined || (to !== undefined && to >= from && epochIn(from) === epochIn(to));

const epochIn = (position: Position): string => position.slice(0, position.indexOf('.'));
