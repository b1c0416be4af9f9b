import type { IncomingMessage } from 'node:http';
import { headersNamed } from './headers.ts';
import { Problem } from './problem.ts';

/**
 * The guards of the open mode, in which everybody who reaches the port is believed (api.md, Manners). A web page in a
 * browser on this machine reaches it too: by a foreign name that it points here (DNS rebinding), or straight away, as a
 * form post or a fetch that it cannot read. Names, origins and the content type keep it out of every route.
 */
export interface OpenMode {
  /** Names besides those of this machine, lower-case, without port. */
  readonly allowedHosts: readonly string[];
}

const THIS_MACHINE = ['127.0.0.1', 'localhost', '[::1]'];

/** Refuses a request that a foreign web page may have caused; undefined: it may pass. */
export const refusalInOpenMode = (request: IncomingMessage, mode: OpenMode): Problem | undefined => {
  const hosts = headersNamed(request, 'host');
  const host = hosts.length === 1 ? authorityIn(hosts[0]!) : undefined;
  if (!host || ![...THIS_MACHINE, ...mode.allowedHosts].includes(host.name)) return new Problem('wrong-host');
  // A whole URL in the request line stands above the Host header (RFC 9112).
  const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(request.url ?? '');
  if (target && authorityIn(target[1]!)?.name !== host.name) return new Problem('wrong-host');
  const origins = headersNamed(request, 'origin');
  if (origins.some((origin) => !isOriginOf(origin, host))) return new Problem('foreign-origin');
  const sites = headersNamed(request, 'sec-fetch-site');
  if (sites.some((site) => site !== 'same-origin' && site !== 'none')) return new Problem('foreign-origin');
  return undefined;
};

interface Authority {
  /** Lower-case; IPv6 in brackets. */
  readonly name: string;
  readonly port: string | undefined;
}

/** The name and port of a Host header. */
export const authorityIn = (host: string): Authority | undefined => {
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
