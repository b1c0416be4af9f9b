import { helpText, settingsDocument } from './help.ts';
import { readSettings, type Environment, type SettingsError } from './settings.ts';
import { SETTINGS } from './table.ts';

const troubleOf = (
  environment: Environment,
  options: Parameters<typeof readSettings>[1] = { standalone: true },
): readonly string[] => {
  try {
    readSettings(environment, options);
  } catch (error) {
    return (error as SettingsError).sentences;
  }
  throw new Error('nothing was refused');
};

describe('settings', () => {
  it('are complete without any variable, for the program that has everything in itself', () => {
    expect(readSettings({}, { standalone: true })).toEqual({
      port: 3000,
      host: '127.0.0.1',
      organisation: 'local',
      dataDir: '.redress',
      eventStorePlainCredentials: false,
      ledgerPrefix: '',
      kafkaBrokers: [],
      openAccess: false,
      allowedHosts: [],
      logLevel: 'warn',
    });
  });

  it('take every variable', () => {
    const given = {
      PORT: '0',
      HOST: '0.0.0.0',
      PUBLIC_URL: 'https://complaints.example.org/',
      ORGANISATION: 'acme',
      DATABASE_URL: 'postgres://u:p@db/redress',
      DATA_DIR: '/data',
      EVENTSTORE_URL: 'esdb+discover://u:p%40@one.example:2113,two.example/?tlsCAFile=%2Fca.pem&nodePreference=leader',
      EVENTSTORE_PLAIN_CREDENTIALS: 'yes',
      LEDGER_PREFIX: 'acme-',
      KAFKA_BROKERS: 'one:9092, two:9092',
      POLICY_FILE: '/policy.json',
      MASTER_KEY_FILE: '/key',
      ERASURE_LOG: '/erasures',
      OPEN_ACCESS: 'yes',
      ALLOWED_HOSTS: 'Redress, 10.0.0.5',
      LOG_LEVEL: 'debug',
    };
    expect(readSettings(given)).toEqual({
      port: 0,
      host: '0.0.0.0',
      publicUrl: 'https://complaints.example.org',
      organisation: 'acme',
      databaseUrl: 'postgres://u:p@db/redress',
      dataDir: '/data',
      eventStoreUrl: 'esdb+discover://u:p%40@one.example:2113,two.example/?tlsCAFile=%2Fca.pem&nodePreference=leader',
      eventStorePlainCredentials: true,
      ledgerPrefix: 'acme-',
      kafkaBrokers: ['one:9092', 'two:9092'],
      policyFile: '/policy.json',
      masterKeyFile: '/key',
      erasureLog: '/erasures',
      openAccess: true,
      allowedHosts: ['redress', '10.0.0.5'],
      logLevel: 'debug',
    });
  });

  it('count an empty variable as absent', () => {
    expect(readSettings({ PORT: '', ORGANISATION: '' }, { standalone: true })).toMatchObject({
      port: 3000,
      organisation: 'local',
    });
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', '3000x'],
    ['HOST', 'http://localhost'],
    ['PUBLIC_URL', 'complaints.example.org'],
    ['PUBLIC_URL', 'https://u:p@x/'],
    ['ORGANISATION', 'Acme Ltd'],
    ['DATABASE_URL', 'mysql://x/y'],
    ['LEDGER_PREFIX', 'a b'],
    ['LEDGER_PREFIX', 'Acme-'],
    ['LEDGER_PREFIX', '$acme-'],
    ['LEDGER_PREFIX', 'acme-'], // and no EventStoreDB: PostgreSQL would not use it
    ['KAFKA_BROKERS', 'localhost'],
    ['OPEN_ACCESS', 'true'],
    ['LOG_LEVEL', 'loud'],
    ['EVENTSTORE_URL', 'http://localhost:2113'],
    ['EVENTSTORE_URL', 'esdb://'],
    ['EVENTSTORE_URL', 'esdb://one, two'],
    ['EVENTSTORE_URL', 'esdb://u:p@localhost:2113?TLS=false'],
    ['EVENTSTORE_PLAIN_CREDENTIALS', 'true'],
    ['ALLOWED_HOSTS', 'https://x'],
  ])('refuse %s=%s with a sentence that names it', (name, value) => {
    expect(troubleOf({ OPEN_ACCESS: name === 'ALLOWED_HOSTS' ? 'yes' : undefined, [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name} .+\\.$`)),
    ]);
  });

  it('tell everything that is wrong at once', () => {
    expect(troubleOf({ PORT: 'x', LOG_LEVEL: 'y' })).toHaveLength(2);
  });

  it('never show a secret', () => {
    expect(
      troubleOf({ DATABASE_URL: 'mysql://u:hunter2@db/x', EVENTSTORE_URL: 'esdb://u:hunter2@x y' }).join(),
    ).not.toContain('hunter2');
  });

  it('let a password over a plain connection only where that is said aloud', () => {
    const given = { EVENTSTORE_URL: 'esdb://u:hunter2@x?tls=false' };
    expect(troubleOf(given)).toEqual([expect.stringMatching(/^EVENTSTORE_URL .*EVENTSTORE_PLAIN_CREDENTIALS=yes/)]);
    expect(troubleOf(given).join()).not.toContain('hunter2');
    for (const allowed of [
      { ...given, EVENTSTORE_PLAIN_CREDENTIALS: 'yes' },
      { EVENTSTORE_URL: 'esdb://u:hunter2@x' },
      { EVENTSTORE_URL: 'esdb://x?tls=false' },
    ])
      expect(readSettings(allowed, { standalone: true })).toMatchObject({ eventStoreUrl: allowed.EVENTSTORE_URL });
  });

  it('read a secret from a file, and say when both are given or it cannot be read', () => {
    const readFile = (path: string): string => {
      if (path === '/run/url') return 'postgres://u:p@db/redress\n';
      throw Object.assign(new Error('no'), { code: 'ENOENT' });
    };
    const options = { standalone: true, readFile };
    expect(readSettings({ DATABASE_URL_FILE: '/run/url' }, options)).toMatchObject({
      databaseUrl: 'postgres://u:p@db/redress',
    });
    expect(troubleOf({ DATABASE_URL_FILE: '/run/url', DATABASE_URL: 'postgres://x/y' }, options)).toEqual([
      expect.stringContaining('both set'),
    ]);
    expect(troubleOf({ DATABASE_URL_FILE: '/nowhere' }, options)).toEqual([expect.stringContaining('ENOENT')]);
  });

  it('keep a door that believes everybody on this machine, unless that is said aloud', () => {
    expect(troubleOf({ HOST: '0.0.0.0' })).toEqual([expect.stringMatching(/^HOST .*OPEN_ACCESS=yes/)]);
    expect(troubleOf({ ALLOWED_HOSTS: 'redress' })).toEqual([
      expect.stringMatching(/^ALLOWED_HOSTS .*OPEN_ACCESS=yes/),
    ]);
    expect(readSettings({ HOST: '::1' }, { standalone: true })).toMatchObject({ host: '::1' });
  });

  it('demand of the other programs what only the standalone one makes itself', () => {
    expect(troubleOf({}, {}).map((sentence) => sentence.split(' ')[0])).toEqual([
      'ORGANISATION',
      'DATABASE_URL',
      'MASTER_KEY_FILE',
      'ERASURE_LOG',
    ]);
  });

  it('stand, every one, in the help and in the document, secrets with their file', () => {
    for (const [name, { secret, standard }] of Object.entries(SETTINGS)) {
      expect(helpText()).toContain(`  ${name} `);
      const row = settingsDocument()
        .split('\n')
        .find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row).toBeDefined();
      if (secret) expect(row).toContain(`${name}_FILE`);
      if (standard !== undefined) expect(row).toContain(`\`${standard}\``);
    }
  });
});
