import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything that came. */
  readonly text: string;
}

/** Sends exactly these bytes to this machine, and gives what came back until the other side closed or fell silent. */
export const sendRaw = (port: number, ...pieces: readonly (string | Buffer)[]): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const got: Buffer[] = [];
    const done = (): void => {
      socket.destroy();
      const text = Buffer.concat(got).toString('utf8');
      const [head = '', ...rest] = text.replace(/^HTTP\/1\.1 100 [^\r]*\r\n\r\n/, '').split('\r\n\r\n');
      const [line = '', ...lines] = head.split('\r\n');
      resolve({
        status: Number(line.split(' ')[1]),
        headers: Object.fromEntries(
          lines.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]),
        ),
        body: rest.join('\r\n\r\n'),
        text,
      });
    };
    socket.on('data', (chunk) => got.push(chunk));
    socket.on('close', done);
    socket.on('error', (error) => (got.length > 0 ? done() : reject(error)));
    socket.setTimeout(5000, done);
    void (async () => {
      for (const piece of pieces) await new Promise<void>((written) => socket.write(piece, () => written()));
    })();
  });
