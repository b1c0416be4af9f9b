import type { Position } from '#ledger/stream/port';

/** How often a line is shown, in milliseconds. */
const SHOWN_MS = 250;

/** How far a reading of a ledger has come: facts, facts a second, and the time left by what was done of the way. */
export class Progress {
  private readonly began = performance.now();
  private shown = -Infinity;
  private first: { facts: number; way: number } | undefined;

  constructor(
    private readonly show: ((line: string) => void) | undefined,
    private readonly what: string,
    private readonly last: Position | null | undefined,
  ) {}

  reached(facts: number, position: Position): void {
    const now = performance.now();
    if (!this.show || now - this.shown < SHOWN_MS) return;
    this.shown = now;
    const way = this.last ? Math.min(1, numberIn(position) / Math.max(1, numberIn(this.last))) : 1;
    this.first ??= { facts, way };
    const seconds = (now - this.began) / 1000;
    const rate = Math.round((facts - this.first.facts) / Math.max(seconds, 0.001));
    const speed = (way - this.first.way) / Math.max(seconds, 0.001);
    const left = speed > 0 ? `, ${timeOf((1 - way) / speed)} left` : '';
    this.show(`${this.what}: ${facts} facts, ${Math.floor(way * 100)} %, ${rate} a second${left}`);
  }
}

/** Positions of one ledger grow with the way, if not evenly. */
const numberIn = (position: Position): number => Number(position.slice(position.indexOf('.') + 1));

const timeOf = (seconds: number): string =>
  seconds < 90
    ? `${Math.round(seconds)} s`
    : seconds < 5400
      ? `${Math.round(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;
