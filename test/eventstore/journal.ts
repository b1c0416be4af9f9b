import { mkdirSync, openSync, closeSync, readFileSync, truncateSync, write, fdatasync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { StoredEvent } from './event.ts';

const writeTo = promisify(write);
const sync = promisify(fdatasync);

/**
 * The log's file: one line for all that was written together. What waits is written and synced in one go, so that many
 * writers share a sync. A line that a `kill -9` cut short is dropped at the next start: nobody was answered.
 */
export class Journal {
  private readonly path: string;
  private readonly file: number;
  private waiting: { line: string; done: () => void; failed: (error: unknown) => void }[] = [];
  private writing: Promise<void> | undefined;
  private broken: Error | undefined;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.path = join(directory, 'events.jsonl');
    this.dropHalfLine();
    this.file = openSync(this.path, 'a');
  }

  private dropHalfLine(): void {
    if (!existsSync(this.path)) return;
    const bytes = readFileSync(this.path);
    truncateSync(this.path, bytes.lastIndexOf(0x0a) + 1);
  }

  *read(): Iterable<readonly StoredEvent[]> {
    for (const line of readFileSync(this.path, 'utf8').split('\n')) if (line !== '') yield fromLine(line);
  }

  write(events: readonly StoredEvent[]): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ line: toLine(events), done, failed });
      this.writing ??= this.drain().finally(() => (this.writing = undefined));
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const together = this.waiting.splice(0);
      try {
        if (this.broken) throw this.broken;
        const bytes = Buffer.from(together.map(({ line }) => line).join(''));
        for (let from = 0; from < bytes.length;) from += (await writeTo(this.file, bytes, from)).bytesWritten;
        await sync(this.file);
        for (const { done } of together) done();
      } catch (error) {
        this.broken = error as Error; // a real server would be gone now: nothing is written behind a hole
        for (const { failed } of together) failed(error);
      }
    }
  }

  async close(): Promise<void> {
    await this.writing;
    closeSync(this.file);
  }
}

const toLine = (events: readonly StoredEvent[]): string =>
  `${JSON.stringify(events.map((event) => ({ ...event, data: event.data.toString('base64'), metadata: event.metadata.toString('base64') })))}\n`;

const fromLine = (line: string): StoredEvent[] =>
  (JSON.parse(line) as (Omit<StoredEvent, 'data' | 'metadata'> & { data: string; metadata: string })[]).map(
    (event) => ({
      ...event,
      data: Buffer.from(event.data, 'base64'),
      metadata: Buffer.from(event.metadata, 'base64'),
    }),
  );
