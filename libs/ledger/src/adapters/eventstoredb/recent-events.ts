import type { Interruptions } from './interruptions.ts';
import type { ServerEvent } from './server-event.ts';

const MOST_EVENTS = 2_000;
const MOST_BYTES = 8 * 1024 * 1024;

/**
 * The newest section of the log as it was read last: followers of one process that are near its end, whatever each wants
 * of it, read each event from the server once. Nothing is said of what lies behind it: that is asked of the server.
 */
export class RecentEvents {
  /** Where it begins, exclusively; undefined: nothing is known. */
  private start: bigint | undefined;
  private events: ServerEvent[] = [];
  private bytes = 0;
  /** Nothing lay behind them when they were read. */
  private toEnd = false;
  private since = 0;

  constructor(private readonly interruptions: Interruptions) {}

  /**
   * What lies behind an event, or behind where the section begins: so many, or all that lay there when the end was read.
   * Undefined when that is not known. Never empty.
   */
  after(position: bigint, count: number): readonly ServerEvent[] | undefined {
    this.forgetAfterInterruption();
    if (this.start === undefined || position < this.start) return undefined;
    const next = position === this.start ? 0 : this.indexBehind(position);
    if (next === undefined || next >= this.events.length) return undefined;
    return this.toEnd || this.events.length - next >= count ? this.events.slice(next, next + count) : undefined;
  }

  /**
   * What was read behind a position, whether up to the log's end, and the interruptions before that. Who is far behind does not drive out what those at
   * the end need.
   */
  add(position: bigint, events: readonly ServerEvent[], toEnd: boolean, since: number): void {
    this.forgetAfterInterruption();
    if (since !== this.since) return;
    const end = this.events.at(-1)?.position ?? this.start;
    if (events.length === 0 || (end !== undefined && events.at(-1)!.position <= end)) return;
    let added = events;
    if (end !== undefined && position <= end && position >= this.start!)
      added = events.filter((event) => event.position > end);
    else this.begin(position);
    for (const event of added) {
      this.events.push(event);
      this.bytes += event.bytes;
    }
    this.toEnd = toEnd;
    this.shorten();
  }

  forget(): void {
    this.begin(undefined);
  }

  private begin(start: bigint | undefined): void {
    this.start = start;
    this.events = [];
    this.bytes = 0;
  }

  private shorten(): void {
    let gone = 0;
    while (this.events.length - gone > MOST_EVENTS || (this.bytes > MOST_BYTES && gone < this.events.length))
      this.bytes -= this.events[gone++]!.bytes;
    if (gone === 0) return;
    this.start = this.events[gone - 1]!.position;
    this.events = this.events.slice(gone);
  }

  /** Undefined: no event stands there, so it may be no place of this log. */
  private indexBehind(position: bigint): number | undefined {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.events[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return this.events[low]?.position === position ? low + 1 : undefined;
  }

  private forgetAfterInterruption(): void {
    if (this.since === this.interruptions.count) return;
    this.since = this.interruptions.count;
    this.forget();
  }
}
