import type { EventStore } from './port.ts';

/**
 * What is remembered of a store, and falls when the way to it breaks: behind the next connection may stand a server that
 * lacks what the old one had acknowledged, or has something else in its place. Who was reading meanwhile sees that `now`
 * is not what it was before, and reads again.
 */
export class WhileConnected<T> {
  private since: number | undefined;
  private kept: T;

  constructor(
    private readonly store: Pick<EventStore, 'interruptions'>,
    private readonly begin: () => T,
  ) {
    this.since = store.interruptions;
    this.kept = begin();
  }

  /** As long as this answers the same, the same server answers. */
  get now(): T {
    const { interruptions } = this.store;
    if (interruptions !== this.since) {
      this.since = interruptions;
      this.kept = this.begin();
    }
    return this.kept;
  }
}
