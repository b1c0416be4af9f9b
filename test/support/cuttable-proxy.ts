import { connect, createServer, type Socket } from 'node:net';

export interface CuttableProxy {
  readonly port: number;
  /** Breaks every connection, and refuses new ones until `mend()`. */
  cut(): void;
  mend(): void;
  /** Lets the next request through and breaks its connection when the server answers: the answer is lost. */
  loseNextAnswer(): Promise<void>;
  /** From now on nothing comes back on the connections that stand, and nothing breaks either. */
  fallSilent(): void;
  close(): Promise<void>;
}

/** The same url, by way of a proxy. */
export const throughProxy = (url: string, proxy: CuttableProxy): string => {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  return changed.href;
};

/** A wire that specs can cut, between a client and the server of a url. */
export const cuttableProxy = async (url: string): Promise<CuttableProxy> => {
  const { hostname, port } = new URL(url);
  const pairs = new Set<{ client: Socket; server: Socket; silent: boolean }>();
  let refusing = false;
  let lose: (() => void) | undefined;

  const listener = createServer((client) => {
    if (refusing) return client.resetAndDestroy();
    const server = connect({ host: hostname, port: Number(port) });
    const pair = { client, server, silent: false };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    let asked = false;
    client.on('data', (bytes) => {
      asked ||= lose !== undefined;
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (pair.silent) return;
      if (!asked || !lose) return void client.write(bytes);
      const lost = lose;
      lose = undefined;
      client.resetAndDestroy();
      end();
      lost();
    });
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));

  const breakAll = (): void => {
    for (const { client, server } of [...pairs]) {
      client.resetAndDestroy();
      server.destroy();
    }
  };
  return {
    port: (listener.address() as { port: number }).port,
    cut: () => {
      refusing = true;
      breakAll();
    },
    mend: () => void (refusing = false),
    loseNextAnswer: () => new Promise((resolve) => (lose = resolve)),
    fallSilent: () => pairs.forEach((pair) => (pair.silent = true)),
    close: () => {
      breakAll();
      return new Promise((resolve) => void listener.close(() => resolve()));
    },
  };
};
