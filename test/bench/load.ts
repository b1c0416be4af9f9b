import { randomBytes } from 'node:crypto';
import net from 'node:net';

/**
 * A process that sends commands over HTTP: keep-alive, one request at a time on each connection, as little of its own
 * work as can be, so that what is measured is the service. Spoken to by messages.
 */
export interface LoadOrder {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** So many at most; absent: as many as time allows. */
  readonly most?: number;
  /** So many a second, evenly; absent: as fast as answers come. */
  readonly rate?: number;
  /** Asked for instead of POSTed, without bodies. */
  readonly get?: boolean;
  /** In turn. */
  readonly paths: readonly string[];
  /** One of them each time, in turn. */
  readonly bodies?: readonly string[];
  /** True: tells of each answer when it came and what position it gave. */
  readonly record?: boolean;
}

export interface LoadDone {
  readonly answered: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** With `record`: fact id → when its answer came, in milliseconds since the epoch. */
  readonly answers: readonly (readonly [fact: string, at: number])[];
}

/** Random, cheap, and never the same twice: an Idempotency-Key for every command. */
const run = randomBytes(8).toString('hex');
let counted = 0;

const load = async (order: LoadOrder): Promise<LoadDone> => {
  const { connections, seconds, rate, paths, bodies = ['{}'] } = order;
  const most = order.most ?? Infinity;
  const begin = performance.now();
  const end = begin + seconds * 1000;
  const took: number[] = [];
  const answers: [string, number][] = [];
  let sent = 0;
  const work = async (): Promise<void> => {
    const line = await Line.to(order.port);
    for (;;) {
      const turn = sent++;
      if (turn >= most) break;
      if (rate !== undefined) {
        const due = begin + (turn * 1000) / rate;
        if (due >= end) break;
        const early = due - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      } else if (performance.now() >= end) break;
      const from = performance.now();
      const path = paths[turn % paths.length]!;
      const text = await (order.get ? line.get(path) : line.post(path, bodies[turn % bodies.length]!));
      took.push(performance.now() - from);
      if (order.record)
        answers.push([/"facts":\[\{"id":"([^"]+)"/.exec(text)![1]!, performance.timeOrigin + performance.now()]);
    }
    line.close();
  };
  await Promise.all(Array.from({ length: connections }, work));
  const span = performance.now() - begin;
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? NaN;
  return { answered: took.length, perSecond: (took.length * 1000) / span, p50: at(0.5), p99: at(0.99), answers };
};

/** One connection. Answers have a Content-Length, always. */
class Line {
  private text = '';
  private waiting: { resolve: (body: string) => void; reject: (error: Error) => void } | undefined;

  private constructor(private readonly socket: net.Socket) {
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => this.take(part));
    socket.on('error', (error) => this.waiting?.reject(error));
    socket.on('close', () => this.waiting?.reject(new Error('the service hung up')));
  }

  static to(port: number): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1' });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new Line(socket)));
    });
  }

  get(path: string): Promise<string> {
    return this.send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  }

  post(path: string, body: string): Promise<string> {
    return this.send(
      `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
        `Redress-Actor: anna; role=handler\r\nIdempotency-Key: ${run}-${counted++}\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }

  private send(request: string): Promise<string> {
    const answered = new Promise<string>((resolve, reject) => (this.waiting = { resolve, reject }));
    this.socket.write(request);
    return answered;
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private take(part: string): void {
    this.text += part;
    const head = this.text.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.text)?.[1]);
    if (this.text.length < head + 4 + length) return;
    const body = this.text.slice(head + 4, head + 4 + length);
    const status = Number(this.text.slice(9, 12));
    this.text = '';
    const { waiting } = this;
    this.waiting = undefined;
    if (status === 201 || status === 200) waiting?.resolve(body);
    else waiting?.reject(new Error(`answered ${status}: ${body}`));
  }
}

process.on('message', (order: LoadOrder) => {
  load(order).then(
    (done) => process.send!(done),
    (error: unknown) => process.send!({ failed: (error as Error).message }),
  );
});
process.send!({});
