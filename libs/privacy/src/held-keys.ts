/** A data key as its row has it: wrapped by the master key. */
export interface HeldKey {
  readonly kid: string;
  readonly wrapped: Buffer;
}

/** A key stays for one to two of these after it was last used. */
const TURN_MS = 30_000;
/** So that a flood of intakes stays small in memory. */
const MOST = 5_000;

/**
 * Data keys that were used a moment ago, wrapped as they lie in the table: who writes to a complaint often writes to it
 * again. For sealing only, towards an append that asks whether they are live still; no text is ever opened by them. What
 * was erased elsewhere is gone from here within a minute.
 */
export class HeldKeys {
  private recent = new Map<string, HeldKey>();
  private older = new Map<string, HeldKey>();
  private turning: NodeJS.Timeout | undefined;

  get(subject: string, stream: string): HeldKey | undefined {
    const name = nameOf(subject, stream);
    return this.recent.get(name) ?? this.older.get(name);
  }

  hold(subject: string, stream: string, key: HeldKey): void {
    if (this.recent.size >= MOST) this.turn();
    this.recent.set(nameOf(subject, stream), key);
    this.turning ??= setInterval(() => this.turn(), TURN_MS).unref();
  }

  letGo(): void {
    this.recent = new Map<string, HeldKey>();
    this.older = new Map<string, HeldKey>();
    clearInterval(this.turning);
    this.turning = undefined;
  }

  /** What was not used since the last turn goes. */
  private turn(): void {
    this.older = this.recent;
    this.recent = new Map<string, HeldKey>();
    if (this.older.size === 0) this.letGo();
  }
}

const nameOf = (subject: string, stream: string): string => `${subject} ${stream}`;
