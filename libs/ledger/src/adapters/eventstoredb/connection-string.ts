/** The connection string cannot be used. The sentence names the setting and what is wrong, never a host, user or password. */
export class BadConnectionString extends Error {
  override readonly name = 'BadConnectionString';

  constructor(what: string) {
    super(`EVENTSTORE_URL ${what}`);
  }
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface ConnectionString {
  /** For the client: without credentials, which would else show in its debug output and its error messages. */
  readonly clean: string;
  /** Of the URL's userinfo; absent on a plain connection, over which nothing secret is sent. */
  readonly credentials?: Credentials;
}

/**
 * `esdb://user:password@host:2113?tlsCAFile=…`, `esdb://a:2113,b:2113,c:2113`, `esdb+discover://name:2113`, where the
 * name stands for all nodes in the DNS; plain: `esdb://host:2113?tls=false`. Everything is checked here: the client prints the whole string with its warnings.
 * Throws BadConnectionString.
 */
export const readConnectionString = (url: string, allowPlainCredentials = false): ConnectionString => {
  const match = /^(esdb(?:\+discover)?):\/\/(?:([^@/?#]*)@)?([^@/?#]+)\/?(?:\?([^#]*))?$/.exec(url.trim());
  if (!match)
    throw new BadConnectionString(
      'must look like esdb://user:password@host:2113, its special characters escaped (%40 for @)',
    );
  const [, scheme, userinfo, hosts, query = ''] = match;
  if (!/^[\w.-]+(:\d{1,5})?(,[\w.-]+(:\d{1,5})?)*$/.test(hosts!))
    throw new BadConnectionString('names its hosts as host:port, several with commas between');
  const options = readOptions(query);
  const secure = options.get('tls') !== 'false';
  if (secure && options.get('tlsVerifyCert') === 'false')
    throw new BadConnectionString(
      'has a value for tlsVerifyCert that cannot be used: certificates are always verified; name their authority with tlsCAFile',
    );
  options.delete('tlsVerifyCert');
  const credentials = userinfo === undefined ? undefined : readUserinfo(userinfo);
  if (secure && !credentials)
    throw new BadConnectionString(
      'needs user:password@ on a secure connection; a server without either is plain: ?tls=false',
    );
  if (!secure && credentials && !allowPlainCredentials)
    throw new BadConnectionString(
      'holds credentials for a plain connection (tls=false), which protects nothing; use a secure one, or allow it explicitly: they are then left out, for the client does not send them',
    );
  for (const [name, value] of Object.entries(OURS)) if (!options.has(name)) options.set(name, value);
  const parameters = [...options].map(([name, value]) => `${name}=${value}`).join('&');
  // Of several hosts behind +discover the client asks the first one only, for ever; without it, all of them.
  const asked = hosts!.includes(',') ? 'esdb' : scheme;
  return { clean: `${asked}://${hosts}?${parameters}`, ...(secure && credentials && { credentials }) };
};

/**
 * Reads must come from the leader, too: a follower may lag behind. One round of discovery a call: whoever calls asks
 * again anyway, and knows for how long.
 */
const OURS = { nodePreference: 'leader', connectionName: 'redress', maxDiscoverAttempts: '1', gossipTimeout: '2' };

const NUMBER = /^\d{1,9}$/;
/** -1: no keepalive. */
const NUMBER_OR_NONE = /^(-1|\d{1,9})$/;
const ALLOWED: Readonly<Record<string, RegExp>> = {
  tls: /^(true|false)$/,
  tlsCAFile: /^[^&?]+$/,
  userCertFile: /^[^&?]+$/,
  userKeyFile: /^[^&?]+$/,
  // The client has no way to leave verification out, and a ledger has no reason to; a plain connection has none.
  tlsVerifyCert: /^(true|false)$/,
  nodePreference: /^leader$/i,
  throwOnAppendFailure: /^true$/,
  connectionName: /^[^&?]+$/,
  maxDiscoverAttempts: NUMBER,
  discoveryInterval: NUMBER,
  gossipTimeout: NUMBER,
  keepAliveInterval: NUMBER_OR_NONE,
  keepAliveTimeout: NUMBER_OR_NONE,
  defaultDeadline: NUMBER,
};
const NAMES = new Map(Object.keys(ALLOWED).map((name) => [flat(name), name]));

const readOptions = (query: string): Map<string, string> => {
  const options = new Map<string, string>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const at = pair.indexOf('=');
    const asked = at < 0 ? pair : pair.slice(0, at);
    const name = NAMES.get(flat(asked));
    if (name === undefined)
      throw new BadConnectionString(
        `has an option ${/^\w{1,40}$/.test(asked) ? asked : ''} that is not known; known are ${[...NAMES.values()].join(', ')}`,
      );
    const value = at < 0 ? '' : pair.slice(at + 1);
    if (!ALLOWED[name]!.test(value))
      throw new BadConnectionString(`has a value for ${name} that cannot be used${HINTS[name] ?? ''}`);
    options.set(name, value);
  }
  return options;
};

const HINTS: Readonly<Record<string, string>> = {
  tls: ': true or false',
  tlsVerifyCert: ': true or false',
  nodePreference: ': the ledger is read from the leader',
  throwOnAppendFailure: ': true',
};

const readUserinfo = (userinfo: string): Credentials => {
  const at = userinfo.indexOf(':');
  if (at < 1 || at === userinfo.length - 1)
    throw new BadConnectionString('needs both a user and a password before its @');
  try {
    return {
      username: decodeURIComponent(userinfo.slice(0, at)),
      password: decodeURIComponent(userinfo.slice(at + 1)),
    };
  } catch {
    throw new BadConnectionString('has a user or password that is not escaped as in a URL');
  }
};

/** As the client compares option names. */
function flat(name: string): string {
  return name.trim().toLowerCase().replace(/[_-]/g, '');
}
