/** Items of a full chunk: adding copies fewer than these, however long the list is. */
const CHUNK = 32;

/**
 * An immutable list for states that are folded from long streams: to add an item, or to change one near the end, takes
 * the same time in a list of fifty as in one of five thousand. The older list stays as it was.
 */
export class List<T> implements Iterable<T> {
  static readonly empty: List<never> = new List<never>([], []);

  private constructor(
    private readonly chunks: readonly (readonly T[])[],
    private readonly tail: readonly T[],
  ) {}

  /** Of these items. A list that was stored as JSON, where it is an array, is taken up again by this. */
  static from<T>(items: Iterable<T>): List<T> {
    if (items instanceof List) return items as List<T>;
    const all = [...items];
    const full = Math.floor(all.length / CHUNK);
    const chunks = Array.from({ length: full }, (_, n) => all.slice(n * CHUNK, (n + 1) * CHUNK));
    return new List(chunks, all.slice(full * CHUNK));
  }

  get length(): number {
    return this.chunks.length * CHUNK + this.tail.length;
  }

  /** With one more item at the end. */
  add(item: T): List<T> {
    const tail = [...this.tail, item];
    return tail.length < CHUNK ? new List(this.chunks, tail) : new List([...this.chunks, tail], []);
  }

  /** With the newest item changed that matches; this list when none does. */
  change(matches: (item: T) => boolean, changed: (item: T) => T): List<T> {
    const inTail = this.tail.findLastIndex(matches);
    if (inTail >= 0) return new List(this.chunks, this.tail.with(inTail, changed(this.tail[inTail]!)));
    for (let n = this.chunks.length - 1; n >= 0; n -= 1) {
      const chunk = this.chunks[n]!;
      const place = chunk.findLastIndex(matches);
      if (place >= 0) return new List(this.chunks.with(n, chunk.with(place, changed(chunk[place]!))), this.tail);
    }
    return this;
  }

  at(index: number): T | undefined {
    const place = index < 0 ? this.length + index : index;
    const inTail = place - this.chunks.length * CHUNK;
    return inTail < 0 ? this.chunks[Math.floor(place / CHUNK)]?.[place % CHUNK] : this.tail[inTail];
  }

  find(matches: (item: T) => boolean): T | undefined {
    for (const chunk of [...this.chunks, this.tail]) {
      const place = chunk.findIndex(matches);
      if (place >= 0) return chunk[place];
    }
    return undefined;
  }

  findLast(matches: (item: T) => boolean): T | undefined {
    for (const chunk of [...this.chunks, this.tail].reverse()) {
      const place = chunk.findLastIndex(matches);
      if (place >= 0) return chunk[place];
    }
    return undefined;
  }

  some(matches: (item: T) => boolean): boolean {
    return this.chunks.some((chunk) => chunk.some(matches)) || this.tail.some(matches);
  }

  every(matches: (item: T) => boolean): boolean {
    return !this.some((item) => !matches(item));
  }

  filter(matches: (item: T) => boolean): T[] {
    return this.toArray().filter(matches);
  }

  map<U>(to: (item: T, index: number) => U): U[] {
    return this.toArray().map(to);
  }

  flatMap<U>(to: (item: T) => readonly U[]): U[] {
    return this.toArray().flatMap(to);
  }

  toArray(): T[] {
    return [...this.chunks.flat(), ...this.tail] as T[];
  }

  /** An array in JSON. */
  toJSON(): T[] {
    return this.toArray();
  }

  [Symbol.iterator](): Iterator<T> {
    return this.toArray()[Symbol.iterator]();
  }
}
