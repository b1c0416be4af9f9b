import { createHash } from 'node:crypto';

/**
 * Seeded chance: the same seed gives the same decisions. A fork has a stream of its own, so that what one client decides
 * does not depend on how fast the others were.
 */
export class Chance {
  private state: [number, number, number, number];

  constructor(private readonly seed: string) {
    const bytes = createHash('sha256').update(seed).digest();
    this.state = [bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12)];
  }

  fork(name: string | number): Chance {
    return new Chance(`${this.seed}/${name}`);
  }

  /** In [0, 1): sfc32. */
  next(): number {
    const [a, b, c, counter] = this.state;
    const sum = (a + b + counter) | 0;
    this.state = [b ^ (b >>> 9), (c + (c << 3)) | 0, (((c << 21) | (c >>> 11)) + sum) | 0, (counter + 1) | 0];
    return (sum >>> 0) / 2 ** 32;
  }

  yes(probability: number): boolean {
    return this.next() < probability;
  }

  /** Both ends included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(things: readonly T[]): T {
    const picked = things[Math.floor(this.next() * things.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  shuffled<T>(things: readonly T[]): T[] {
    const rest = [...things];
    const order: T[] = [];
    while (rest.length > 0) order.push(...rest.splice(Math.floor(this.next() * rest.length), 1));
    return order;
  }

  uuid(): string {
    const hex = Array.from({ length: 32 }, () => this.whole(0, 15).toString(16)).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
      '-',
    );
  }
}
