import { isIP } from 'node:net';
import { credentials, type ChannelCredentials } from '@grpc/grpc-js';

/**
 * Runs what makes secure credentials, so that they name no server to which they connect by its IP address: RFC 6066 knows
 * names of hosts only, Node.js warns of it and will ignore it one day. The certificate is compared with the address all the
 * same. The client gives no way to say so: what it makes them by is another function for that moment.
 */
export const withoutAddressAsName = <T>(make: () => T): T => {
  const { createSsl } = credentials;
  credentials.createSsl = (...asked) => unnamed(createSsl(...asked));
  try {
    return make();
  } finally {
    credentials.createSsl = createSsl;
  }
};

/** What the credentials keep to themselves: how each connection is made. */
interface Inside {
  _createSecureConnector: (...asked: unknown[]) => { readonly connectionOptions?: { servername?: string } };
}

const unnamed = (made: ChannelCredentials): ChannelCredentials => {
  const inside = made as unknown as Inside;
  const create = inside._createSecureConnector.bind(made);
  inside._createSecureConnector = (...asked) => {
    const connector = create(...asked);
    const { connectionOptions } = connector;
    if (isIP(connectionOptions?.servername ?? '') !== 0) connectionOptions!.servername = '';
    return connector;
  };
  return made;
};
