import type { StreamWatch } from '../../stream/port.ts';
import { listenAgainAndAgain, type Listen } from './listening.ts';

/**
 * Streams that somebody asks about again and again, each with a live subscription of its own from the first question on.
 * It carries no facts. What a subscription does not tell is read: while none stands, nothing is said to be unchanged.
 */
export class WatchedStreams {
  private readonly watched = new Map<string, WatchedStream>();
  private readonly closing = new AbortController();

  constructor(private readonly listen: (stream: string) => Listen) {}

  watch(stream: string): StreamWatch {
    let watched = this.watched.get(stream);
    if (!watched) this.watched.set(stream, (watched = new WatchedStream(this.listen(stream), this.closing.signal)));
    return watched;
  }

  /** This process appended to it: nobody here waits for the server to say so. */
  noteAppended(stream: string): void {
    this.watched.get(stream)?.note();
  }

  /** Answers when no call of theirs is open any more. */
  async stop(): Promise<void> {
    this.closing.abort();
    await Promise.all([...this.watched.values()].map(async (one) => one.ended));
  }
}

class WatchedStream implements StreamWatch {
  private news = 0;
  private listening = false;
  ended: Promise<void> | undefined;

  constructor(
    private readonly listen: Listen,
    private readonly signal: AbortSignal,
  ) {}

  get heard(): number | undefined {
    this.ended ??= listenAgainAndAgain(
      this.listen,
      {
        begun: () => {
          this.note(); // whatever came while nobody listened
          this.listening = true;
        },
        heard: () => this.note(),
        ended: () => (this.listening = false),
      },
      this.signal,
    );
    return this.listening ? this.news : undefined;
  }

  note(): void {
    this.news++;
  }
}
