/** What a program has opened, closed in the opposite order: when it stops, or when its start fails half-way. */
export class Opened {
  private readonly closers: (() => unknown)[] = [];

  /** Remembers how to close something that was just opened. */
  closeBy(close: () => unknown): void {
    this.closers.unshift(close);
  }

  /** Closes everything, also when something does not close; rejects with the first trouble at the end. */
  async close(): Promise<void> {
    const recurring: unknown[] = [];
    for (const close of this.closers.splice(0))
      try {
        await close();
      } catch (trouble) {
        recurring.push(trouble);
      }
    if (recurring.length > 0) throw recurring[0];
  }
}

/** Starts something; what it had opened is closed when it fails, so that nothing is left behind. */
export const openingAll = async <T>(start: (opened: Opened) => Promise<T>): Promise<T> => {
  const opened = new Opened();
  try {
    return await start(opened);
  } catch (error) {
    await opened.close().catch(() => undefined); // why it failed matters more
    throw error;
  }
};
