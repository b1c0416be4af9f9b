import { startDaemon } from '#program/daemon';
import { run } from '#program/run';
import { projecting } from './work.ts';

void run({
  name: 'projector',
  means: 'follows the ledger and keeps the work lists in PostgreSQL up to date.',
  start: (settings, log) =>
    startDaemon({ name: 'projector', begin: async (parts, signal) => projecting(parts, signal, log) }, settings, log),
});
