import type { Socket } from 'node:net';

export const RPCS = [
  'append',
  'batchAppend',
  'readStream',
  'readAll',
  'subscribeToStream',
  'subscribeToAll',
  'delete',
  'tombstone',
  'gossip',
  'features',
] as const;
export type Rpc = (typeof RPCS)[number];

/** Who called what, and what is still open: a call that an abort left behind is seen here. */
export class Calls {
  private readonly made = new Map<Rpc, number>();
  private readonly open = new Map<Rpc, number>();

  /** A call begins. Call the answer when it has ended, however it ended; once or more. */
  begin(rpc: Rpc): () => void {
    this.add(this.made, rpc, 1);
    this.add(this.open, rpc, 1);
    let over = false;
    return () => {
      if (!over) this.add(this.open, rpc, -1);
      over = true;
    };
  }

  private add(to: Map<Rpc, number>, rpc: Rpc, count: number): void {
    to.set(rpc, (to.get(rpc) ?? 0) + count);
  }

  /** How often it was called since the server began. */
  count(...rpcs: Rpc[]): number {
    return rpcs.reduce<number>((sum, rpc) => sum + (this.made.get(rpc) ?? 0), 0);
  }

  all(): Readonly<Record<string, { readonly made: number; readonly open: number }>> {
    return Object.fromEntries(RPCS.map((rpc) => [rpc, { made: this.count(rpc), open: this.openNow(rpc) }]));
  }

  /** How many of these (of all, if none is named) are open now. */
  openNow(...rpcs: readonly Rpc[]): number {
    return (rpcs.length > 0 ? rpcs : RPCS).reduce<number>((sum, rpc) => sum + (this.open.get(rpc) ?? 0), 0);
  }
}

/** The server's ends of the connections. */
export class Sockets {
  private readonly open = new Map<string, Socket>();

  add(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.open.set(peer, socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.open.delete(peer));
  }

  get count(): number {
    return this.open.size;
  }

  /** The connection of one caller dies, as when a node is killed. */
  cut(peer: string): void {
    this.open.get(peer)?.resetAndDestroy();
  }

  cutAll(): void {
    for (const socket of this.open.values()) socket.resetAndDestroy();
  }
}
