/** Rung after every append of this process, so that its own followers need not wait for their next look. */
export class Bell {
  private rung = 0;
  private readonly listeners = new Set<() => void>();

  ring(): void {
    this.rung++;
    for (const listener of [...this.listeners]) listener();
  }

  get rings(): number {
    return this.rung;
  }

  /** Until it rings (again, after `heard`), the time is over, or the signal comes. Leaves nothing behind. */
  wait(heard: number, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (this.rung !== heard || signal.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        this.listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.listeners.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
