/** A queue of so many places: who writes may wait for room or be told that there is none; who reads waits. */
export class Channel<T> {
  private readonly items: T[] = [];
  private readonly writers: (() => void)[] = [];
  private reader: (() => void) | undefined;
  private closed = false;

  constructor(private readonly places: number) {}

  tryWrite(item: T): boolean {
    if (this.closed || this.items.length >= this.places) return false;
    this.items.push(item);
    this.wakeReader();
    return true;
  }

  /** False when the channel was closed meanwhile. */
  async write(item: T): Promise<boolean> {
    while (!this.closed && this.items.length >= this.places)
      await new Promise<void>((resolve) => this.writers.push(resolve));
    return this.tryWrite(item);
  }

  /** Past all limits. */
  force(item: T): void {
    this.items.push(item);
    this.wakeReader();
  }

  /** What is in it can still be read. */
  close(): void {
    this.closed = true;
    this.wakeReader();
    for (const wake of this.writers.splice(0)) wake();
  }

  /** `undefined`: closed, and empty. */
  async read(): Promise<T | undefined> {
    while (this.items.length === 0) {
      if (this.closed) return undefined;
      await new Promise<void>((resolve) => (this.reader = resolve));
    }
    const item = this.items.shift();
    this.writers.shift()?.();
    return item;
  }

  private wakeReader(): void {
    this.reader?.();
    this.reader = undefined;
  }
}
