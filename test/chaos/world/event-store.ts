import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '#postgres/embedded/postmaster';
import { startChild, type Child } from '../../support/child.ts';

/** What EventStoreDB's stand-in may be told; see test/eventstore/serve.ts. */
type Order = Readonly<Record<string, unknown>> & { readonly do: string };

/** An EventStoreDB: a server that somebody named, or the stand-in as a process of its own, to be killed. */
export class EventStore {
  private child: Child | undefined;

  private constructor(
    /** As EVENTSTORE_URL takes it. */
    readonly url: string,
    private readonly own: { readonly port: number; readonly dataDir: string } | undefined,
  ) {}

  static async start(room: string): Promise<EventStore> {
    const named = process.env['EVENTSTORE_URL'];
    if (named) return new EventStore(named, undefined);
    const dataDir = join(room, 'eventstore');
    await mkdir(dataDir);
    const port = await freePort();
    const store = new EventStore(`esdb://127.0.0.1:${port}?tls=false`, { port, dataDir });
    await store.restart();
    return store;
  }

  /** False: it is somebody else's, and nothing is done to it. */
  get isOurs(): boolean {
    return this.own !== undefined;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    child?.process.kill('SIGKILL');
    await child?.ended;
  }

  /** On the same port, with what it had. */
  async restart(): Promise<void> {
    if (!this.own || this.child) return;
    const { port, dataDir } = this.own;
    this.child = startChild('../eventstore/serve.ts', ['--port', String(port), '--data', dataDir]);
    await this.child.line();
  }

  /** Tells the stand-in to misbehave; returns when it has understood. */
  async order(order: Order): Promise<void> {
    this.child!.process.stdin!.write(`${JSON.stringify(order)}\n`);
    await this.child!.line();
  }

  suspend(): void {
    this.child?.process.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.process.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.resume();
    await this.kill();
  }
}
