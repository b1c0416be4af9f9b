import { readFileSync } from 'node:fs';
import { SETTINGS, type SettingName } from './table.ts';

/** What a deployment says to its programs, read once at the start. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Without a trailing slash. */
  readonly publicUrl?: string;
  readonly organisation: string;
  /** Absent: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl?: string;
  readonly dataDir: string;
  /** EventStoreDB keeps the ledger. Absent: the database does. A secret. */
  readonly eventStoreUrl?: string;
  /** Real credentials may go over a connection without TLS. */
  readonly eventStorePlainCredentials: boolean;
  readonly ledgerPrefix: string;
  /** Empty: nothing is published; the feed still serves. */
  readonly kafkaBrokers: readonly string[];
  readonly policyFile?: string;
  readonly masterKeyFile?: string;
  /** Absent: beside `dataDir`. */
  readonly erasureLog?: string;
  readonly openAccess: boolean;
  /** Names besides those of this machine, lower-case, without port. */
  readonly allowedHosts: readonly string[];
  readonly logLevel: string;
}

/** Values that do not fit. The message is one sentence for each: which, and why. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly sentences: readonly string[]) {
    super(sentences.join('\n'));
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ReadSettings {
  /** The program that has everything in itself: it makes what the others must be given. */
  readonly standalone?: boolean;
  readonly readFile?: (path: string) => string;
}

/**
 * The settings in an environment. An empty variable counts as absent. Throws SettingsError, which never shows the value
 * of a secret.
 */
export const readSettings = (environment: Environment, options: ReadSettings = {}): Settings => {
  const trouble: string[] = [];
  const text = (name: SettingName): string | undefined => textOf(name, environment, options, trouble);
  const read = <T>(name: SettingName, form: (text: string) => T): T | undefined => {
    const given = text(name) ?? SETTINGS[name].standard;
    if (given === undefined) return undefined;
    try {
      return form(given);
    } catch (error) {
      trouble.push(`${name} ${(error as Error).message}.`);
      return undefined;
    }
  };

  const openAccess = read('OPEN_ACCESS', yesOrNo) ?? false;
  const host = read('HOST', hostName);
  const allowedHosts = read('ALLOWED_HOSTS', listOf(hostName)) ?? [];
  if (!openAccess && host !== undefined && !LOOPBACK.test(host))
    trouble.push(
      'HOST must be 127.0.0.1, localhost or ::1: everybody who reaches the port is believed. OPEN_ACCESS=yes allows another one.',
    );
  if (!openAccess && allowedHosts.length > 0)
    trouble.push('ALLOWED_HOSTS needs OPEN_ACCESS=yes: it lets requests for other names in.');

  const settings = {
    port: read('PORT', portNumber),
    host,
    publicUrl: read('PUBLIC_URL', publicUrl),
    organisation: read('ORGANISATION', slug) ?? (options.standalone ? 'local' : undefined),
    databaseUrl: read('DATABASE_URL', urlOf('postgres:', 'postgresql:')),
    dataDir: read('DATA_DIR', (path) => path),
    eventStoreUrl: read('EVENTSTORE_URL', eventStoreUrl),
    eventStorePlainCredentials: read('EVENTSTORE_PLAIN_CREDENTIALS', yesOrNo) ?? false,
    ledgerPrefix: read('LEDGER_PREFIX', prefix) ?? '',
    kafkaBrokers: read('KAFKA_BROKERS', listOf(broker)) ?? [],
    policyFile: read('POLICY_FILE', (path) => path),
    masterKeyFile: read('MASTER_KEY_FILE', (path) => path),
    erasureLog: read('ERASURE_LOG', (path) => path),
    openAccess,
    allowedHosts,
    logLevel:
      read('LOG_LEVEL', oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')) ??
      (options.standalone ? 'warn' : 'info'),
  };
  const { eventStoreUrl: store } = settings;
  if (store !== undefined && sendsReadably(store) && !settings.eventStorePlainCredentials)
    trouble.push(
      'EVENTSTORE_URL says tls=false and holds a password, which everybody on the way could read. With EVENTSTORE_PLAIN_CREDENTIALS=yes they are left out.',
    );
  if (settings.ledgerPrefix !== '' && store === undefined && !trouble.some((said) => said.startsWith('EVENTSTORE_URL')))
    trouble.push('LEDGER_PREFIX needs EVENTSTORE_URL: the ledger in PostgreSQL is nobody else’s. Leave it unset.');
  if (!options.standalone)
    for (const [name, value] of [
      ['ORGANISATION', settings.organisation],
      ['DATABASE_URL', settings.databaseUrl],
      ['MASTER_KEY_FILE', settings.masterKeyFile],
      ['ERASURE_LOG', settings.erasureLog],
    ] as const)
      if (value === undefined && !trouble.some((sentence) => sentence.startsWith(name)))
        trouble.push(`${name} must be set for this program; only the standalone one does without.`);
  if (trouble.length > 0) throw new SettingsError(trouble);
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as unknown as Settings;
};

/** A variable's text; a secret's may lie in a file that another variable names. */
const textOf = (
  name: SettingName,
  environment: Environment,
  { readFile = (path) => readFileSync(path, 'utf8') }: ReadSettings,
  trouble: string[],
): string | undefined => {
  const given = environment[name] === '' ? undefined : environment[name];
  const file = SETTINGS[name].secret ? environment[`${name}_FILE`] : undefined;
  if (file === undefined || file === '') return given;
  if (given !== undefined) {
    trouble.push(`${name} and ${name}_FILE are both set; one of them is enough.`);
    return given;
  }
  try {
    return readFile(file).trim() || undefined;
  } catch (error) {
    trouble.push(`${name}_FILE cannot be read (${(error as { code?: string }).code ?? 'no such file'}).`);
    return undefined;
  }
};

/** Throws the end of the sentence "PORT …". */
const must = (end: string): never => {
  throw new Error(end);
};

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

const portNumber = (text: string): number =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65535
    ? Number(text)
    : must('must be a port from 0 to 65535 (0: a free one)');

const hostName = (text: string): string =>
  /^(\[?[0-9a-f:.]+\]?|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)$/i.test(text) && !/^[a-z0-9.-]+:\d+$/i.test(text)
    ? text.toLowerCase()
    : must('must be a name or an address, without scheme and port');

const publicUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password)
    return must('must be an http or https URL without query and user, such as https://complaints.example.org');
  return url.href.replace(/\/+$/, '');
};

const urlOf =
  (...protocols: readonly string[]) =>
  (text: string): string =>
    URL.canParse(text) && protocols.includes(new URL(text).protocol)
      ? text
      : must(`must be a URL that begins with ${protocols[0]}//`);

const slug = (text: string): string =>
  /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && text.length <= 64
    ? text
    : must(
        'must be lower-case words joined by hyphens, at most 64 characters: it stands in everything that is published',
      );

/** The adapter looks at the rest of it, and speaks without quoting it. */
const eventStoreUrl = (text: string): string =>
  /^esdb(\+discover)?:\/\/[^/?\s]+/.test(text) && !/\s/.test(text)
    ? text
    : must('must look like esdb://user:password@host:2113?tlsCAFile=/path, or esdb+discover://');

/** The client reads names of options without regard to case, hyphens and underscores. */
const sendsReadably = (url: string): boolean =>
  /^[^/]+\/\/[^@/?]+@/.test(url) && /[?&]t[-_]?l[-_]?s=false(&|$)/i.test(url);

const prefix = (text: string): string =>
  /^[a-z0-9][a-z0-9._-]{0,31}$/.test(text)
    ? text
    : must('must be at most 32 lower-case letters, digits, dots, hyphens and underscores, a letter or digit first');

const broker = (text: string): string =>
  /^[a-z0-9.-]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(text) ? text : must('must be host:port, comma-separated');

const listOf =
  <T>(form: (text: string) => T) =>
  (text: string): readonly T[] =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(form);

const yesOrNo = (text: string): boolean => (text === 'yes' ? true : text === 'no' ? false : must('must be yes or no'));

const oneOf =
  (...words: readonly string[]) =>
  (text: string): string =>
    words.includes(text) ? text : must(`must be one of ${words.join(', ')}`);
