import { adoptPolicyFile } from '#program/adopt-policy-file';
import { startDaemon } from '#program/daemon';
import { run } from '#program/run';
import { allRooms } from './rooms.ts';
import { managing } from './work.ts';

void run({
  name: 'process-manager',
  means: 'reacts to facts and to time by sending ordinary commands.',
  start: (settings, log) =>
    startDaemon(
      {
        name: 'process-manager',
        rooms: allRooms,
        begin: async (parts, signal) => {
          await adoptPolicyFile(parts.desk, settings.policyFile);
          return managing(parts, signal, log);
        },
      },
      settings,
      log,
    ),
});
