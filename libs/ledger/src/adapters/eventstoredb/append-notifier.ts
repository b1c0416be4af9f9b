import { type Bell } from '../../stream/bell.ts';
import { listenAgainAndAgain, type Listen } from './listening.ts';

export interface LiveCounts {
  /** The server lets go of a live subscription whose reader lags some 96 events: ordinary, nothing is lost. */
  readonly droppedAsSlow: number;
  /** Any other end: the connection broke, the server went away or closed it. */
  readonly broken: number;
}

/**
 * Rings the bell for what other processes append, by one live subscription for all followers of this process, as long as
 * there is one. It carries no facts: those are read in pages, so a drop costs nothing, and without it a follower
 * would only find out later.
 */
export class LiveBell {
  private counts = { droppedAsSlow: 0, broken: 0 };
  private followers = 0;
  private running: AbortController | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly bell: Bell,
    private readonly listen: Listen,
  ) {}

  get live(): LiveCounts {
    return { ...this.counts };
  }

  /** A follower came; call the answer when it goes. */
  join(): () => void {
    if (++this.followers === 1) {
      const running = (this.running = new AbortController());
      this.ended = this.ended.then(() => this.run(running.signal));
    }
    let left = false;
    return () => {
      if (left) return;
      left = true;
      if (--this.followers === 0) this.running?.abort();
    };
  }

  /** Answers when no call of its is open any more. */
  async stop(): Promise<void> {
    this.running?.abort();
    await this.ended;
  }

  private run(signal: AbortSignal): Promise<void> {
    const ring = (): void => this.bell.ring();
    return listenAgainAndAgain(
      this.listen,
      {
        begun: ring,
        heard: ring,
        ended: (why) => {
          if (why?.kind === 'slow-reader') this.counts.droppedAsSlow++;
          else this.counts.broken++;
          ring(); // whatever came between the end and the next beginning
        },
      },
      signal,
    );
  }
}
