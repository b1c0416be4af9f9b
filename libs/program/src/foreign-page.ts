import type { IncomingMessage } from 'node:http';
import { headersNamed } from './headers-named.ts';

const THIS_MACHINE = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * What shows that a foreign web page may have caused a request; undefined: it may pass. In the open mode everybody who
 * reaches a port is believed (docs/api.md, Manners), and a page in a browser on this machine reaches it too: by a foreign name
 * that it points here (DNS rebinding), or straight away, as a form post or a fetch that it cannot read.
 * `allowedHosts`: names besides those of this machine, lower-case, without port.
 */
export const foreignIn = (
  request: Pick<IncomingMessage, 'rawHeaders' | 'url'>,
  allowedHosts: readonly string[],
): 'wrong-host' | 'foreign-origin' | undefined => {
  const hosts = headersNamed(request, 'host');
  const host = hosts.length === 1 ? authorityIn(hosts[0]!) : undefined;
  if (!host || ![...THIS_MACHINE, ...allowedHosts].includes(host.name)) return 'wrong-host';
  // A whole URL in the request line stands above the Host header (RFC 9112).
  const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? '');
  if (target && authorityIn(target[1]!)?.name !== host.name) return 'wrong-host';
  if (headersNamed(request, 'origin').some((origin) => !isOriginOf(origin, host))) return 'foreign-origin';
  const sites = headersNamed(request, 'sec-fetch-site');
  return sites.some((site) => site !== 'same-origin' && site !== 'none') ? 'foreign-origin' : undefined;
};

interface Authority {
  /** Lower-case; IPv6 in brackets. */
  readonly name: string;
  readonly port: string | undefined;
}

/** The name and port of a Host header. */
const authorityIn = (host: string): Authority | undefined => {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(host);
  return match ? { name: match[1]!.toLowerCase(), port: match[2] } : undefined;
};

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** The page's origin is this service's own: the same name and port that it asked. */
const isOriginOf = (origin: string, host: Authority): boolean => {
  const match = /^(https?):\/\/(.+)$/i.exec(origin);
  const page = match && authorityIn(match[2]!);
  if (!page || page.name !== host.name) return false;
  const standard = DEFAULT_PORTS[match[1]!.toLowerCase()]!;
  return (page.port ?? standard) === (host.port ?? standard);
};
