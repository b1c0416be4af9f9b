/** One environment variable, as people read of it. */
export interface Setting {
  /** What it is for, and what its absence means. */
  readonly means: string;
  /** Read when it is absent. */
  readonly standard?: string;
  /** Never shown; also read from the file that `<NAME>_FILE` names. */
  readonly secret?: true;
}

/** NOTE: deployments rely on the names. */
const table = {
  PORT: {
    means: 'Where the program listens: the API, or the health and metrics of another one; 0 takes a free port.',
    standard: '3000',
  },
  HOST: {
    means: 'The address it listens on. Another than this machine’s own needs OPEN_ACCESS=yes.',
    standard: '127.0.0.1',
  },
  PUBLIC_URL: { means: 'The URL under which outsiders reach the API, for links in answers. Absent: links are paths.' },
  ORGANISATION: {
    means:
      'The organisation’s slug; it stands in everything published and never changes. Absent: `local` (standalone only).',
  },
  DATABASE_URL: {
    means:
      'PostgreSQL, as postgres://user:password@host/database. Absent: an embedded one in DATA_DIR (standalone only).',
    secret: true,
  },
  DATA_DIR: {
    means: 'Where the embedded PostgreSQL keeps its data, and beside it the master key.',
    standard: '.redress',
  },
  EVENTSTORE_URL: {
    means:
      'EventStoreDB as the ledger: esdb://user:password@host:2113, of a cluster esdb://…@a:2113,b:2113,c:2113 or esdb+discover://…@name:2113 with a name that stands for all nodes, with `tlsCAFile` and such. Keys, lists and timers stay in PostgreSQL. Absent: the ledger is in PostgreSQL, too.',
    secret: true,
  },
  EVENTSTORE_PLAIN_CREDENTIALS: {
    means: '`yes` accepts credentials in EVENTSTORE_URL with `tls=false`; they are dropped, not sent.',
    standard: 'no',
  },
  LEDGER_PREFIX: {
    means:
      'Stands before the name of every stream, such as `redress-`: needed where others use the same EventStoreDB; never changes, and none may begin with another’s. PostgreSQL needs none.',
  },
  KAFKA_BROKERS: {
    means: 'host:port, comma-separated. Absent: nothing is published, the event feed still serves.',
  },
  POLICY_FILE: {
    means: 'The organisation’s policy (JSON). A changed file is adopted at the start. Absent: the defaults.',
  },
  MASTER_KEY_FILE: {
    means:
      'The file with the master key that wraps all data keys. Absent: one is made beside DATA_DIR (standalone only).',
  },
  ERASURE_LOG: {
    means:
      'The file that lists erasures outside the database, so that a restore applies them again. Absent: one beside DATA_DIR (standalone only).',
  },
  OPEN_ACCESS: {
    means:
      '`yes` lets the API listen on other addresses although it believes everybody; for containers that are published on loopback.',
    standard: 'no',
  },
  ALLOWED_HOSTS: {
    means: 'Host names, besides this machine’s own, that requests may be for; comma-separated. Needs OPEN_ACCESS=yes.',
  },
  LOG_LEVEL: {
    means: 'trace, debug, info, warn, error, fatal or silent. Absent: `info`, and `warn` in the standalone program.',
  },
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof table;

/** Every environment variable of every program. `--help` and docs/settings.md are made of it. */
export const SETTINGS: Readonly<Record<SettingName, Setting>> = table;
