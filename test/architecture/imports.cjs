const { npm, onNode, pure } = require('./rooms.cjs');

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
      name: 'no circles between files, of types neither',
      severity: 'error',
      from: {},
      to: { circular: true },
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
