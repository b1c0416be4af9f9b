import { createServer, type AddressInfo } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { Users } from './access.ts';
import { appendCall } from './append-calls.ts';
import { batchAppendCall } from './batch-append-calls.ts';
import { Calls, Sockets } from './calls.ts';
import { deleteCall, tombstoneCall } from './delete-calls.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { Log } from './log.ts';
import type { Member, Node } from './node.ts';
import { readCall } from './read-calls.ts';
import { featuresCall, gossipCall } from './server-info-calls.ts';
import { View } from './view.ts';

const HOST = '127.0.0.1';

export interface EventStoreServerOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Answers only when it is on disk here, and begins with what is there. Default: in memory. */
  readonly dataDir?: string;
  /** PEM. Default: a plain connection. See certificate.ts. */
  readonly tls?: { readonly key: string; readonly certificate: string };
  /** Default: as with `--insecure`, credentials are not even looked at. */
  readonly users?: Users;
  /** Part of a cluster (cluster.ts). */
  readonly member?: { readonly log: Log; readonly members: Node['members']; readonly unfit: Node['unfit'] };
}

export interface EventStoreServer {
  /** As the client takes it, without TLS's further options. */
  readonly url: string;
  readonly port: number;
  readonly faults: Faults;
  readonly calls: Calls;
  readonly sockets: Sockets;
  readonly log: Log;
  readonly view: View;
  /** As a kill does it: connections break at once. Frees the port. */
  stop(): Promise<void>;
}

/** Starts a stand-in for one EventStoreDB node (README.md). It listens when this resolves. */
export const startEventStoreServer = async (options: EventStoreServerOptions = {}): Promise<EventStoreServer> => {
  const journal = options.dataDir === undefined ? undefined : new Journal(options.dataDir);
  const log = options.member?.log ?? new Log(journal);
  const sockets = new Sockets();
  const view = new View(log);
  const listener = createServer({ noDelay: true });
  const port = (): number => (listener.address() as AddressInfo).port;
  const self = (): Member => ({ host: HOST, port: port(), state: 'leader', alive: true });
  const node: Node = {
    view,
    sockets,
    calls: new Calls(),
    faults: new Faults(() => sockets.cutAll()),
    users: options.users,
    members: options.member?.members ?? (() => [self()]),
    unfit: options.member?.unfit ?? (() => undefined),
  };

  const grpc = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  grpc.addService(StreamsService, {
    append: appendCall(node),
    batchAppend: batchAppendCall(node),
    read: readCall(node),
    delete: deleteCall(node),
    tombstone: tombstoneCall(node),
  });
  grpc.addService(GossipService, { read: gossipCall(node) });
  grpc.addService(ServerFeaturesService, { getSupportedMethods: featuresCall(node) });
  const { tls } = options;
  const door = grpc.createConnectionInjector(
    tls
      ? ServerCredentials.createSsl(null, [
          { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) },
        ])
      : ServerCredentials.createInsecure(),
  );
  listener.on('connection', (socket) => {
    sockets.add(socket);
    door.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(options.port ?? 0, HOST, resolve);
  });

  const listensOn = port();
  return {
    url: `esdb://${HOST}:${listensOn}?tls=${tls ? 'true' : 'false'}`,
    port: listensOn,
    faults: node.faults,
    calls: node.calls,
    sockets,
    log,
    view,
    stop: async () => {
      const closed = new Promise<void>((resolve) => void listener.close(() => resolve()));
      sockets.cutAll();
      grpc.forceShutdown();
      await closed;
      view.close();
      await journal?.close();
    },
  };
};
