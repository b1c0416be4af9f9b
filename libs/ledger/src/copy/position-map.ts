import type { Position } from '../stream/port.ts';

/** Where the positions that were stored for one ledger lie in its copy: at the last fact that they had reached. */
export class PositionMap {
  private readonly wanted: readonly Position[];
  private readonly found = new Map<Position, Position | null>();
  private passed = 0;
  private last: Position | null = null;

  constructor(wanted: Iterable<Position>) {
    this.wanted = [...new Set(wanted)].sort();
  }

  /** Both ledgers' next fact. */
  pass(source: Position, target: Position): void {
    while (this.passed < this.wanted.length && this.wanted[this.passed]! < source) this.settleNext();
    this.last = target;
  }

  /** null: at the beginning. A position behind the ledger's last fact becomes that of the last fact. */
  of(wanted: Position): Position | null {
    while (this.passed < this.wanted.length) this.settleNext();
    const found = this.found.get(wanted);
    if (found === undefined) throw new Error(`the position ${wanted} was not asked for`);
    return found;
  }

  private settleNext(): void {
    this.found.set(this.wanted[this.passed++]!, this.last);
  }
}
