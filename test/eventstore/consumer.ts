import type { ServerWritableStream } from '@grpc/grpc-js';
import type generated from '@eventstore/db-client/generated/streams_pb.js';
import type { Rpc } from './calls.ts';
import type { Fault } from './faults.ts';
import { pause, type Node } from './node.ts';
import type { Refusal } from './refusals.ts';

export type ReadCall = ServerWritableStream<generated.ReadReq, generated.ReadResp>;

/** The other end of a read or of a subscription, and what it is to meet. */
export class Consumer {
  private readonly over: () => void;
  private readonly givenUp: (() => void)[] = [];
  private waiting: ((sent: boolean) => void) | undefined;
  private events = 0;
  /** Nothing more goes to it: it left, it has its end, or a fault says so. */
  done = false;

  constructor(
    private readonly node: Node,
    private readonly call: ReadCall,
    rpc: Rpc,
    private readonly fault: Fault | undefined,
  ) {
    this.over = node.calls.begin(rpc);
    call.on('cancelled', () => this.leave());
    call.on('close', () => this.leave());
  }

  /** Runs when it leaves or has its end. */
  onDone(undo: () => void): void {
    this.givenUp.push(undo);
  }

  private leave(): void {
    this.stop();
    this.over();
  }

  private stop(): void {
    this.done = true;
    this.waiting?.(false);
    for (const undo of this.givenUp.splice(0)) undo();
  }

  /** False: there is no point in going on. */
  async begin(): Promise<boolean> {
    if (this.fault?.kind === 'late') await pause(this.fault.ms);
    this.meet();
    return !this.done;
  }

  private meet(): void {
    const { fault } = this;
    if (!fault || fault.kind === 'late' || (fault.afterEvents ?? 0) !== this.events) return;
    if (fault.kind === 'refused') return this.fail(fault.refusal);
    if (fault.kind === 'ended') return this.end();
    if (fault.kind === 'cut') this.node.sockets.cut(this.call.getPeer());
    this.stop(); // it hears nothing more, and the call stays open until it leaves
  }

  /** Resolves when the connection took it, which waits for a consumer that reads slowly. */
  async send(message: generated.ReadResp): Promise<boolean> {
    if (this.done) return false;
    const sent = await new Promise<boolean>((resolve) => {
      this.waiting = resolve;
      this.call.write(message, () => resolve(true));
    });
    this.waiting = undefined;
    if (sent && message.hasEvent()) {
      this.events++;
      this.meet();
    }
    return sent && !this.done;
  }

  fail(refusal: Refusal): void {
    if (this.done) return;
    this.leave();
    this.call.emit('error', refusal);
  }

  end(): void {
    if (this.done) return;
    this.leave();
    this.call.end();
  }
}
