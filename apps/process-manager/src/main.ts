import { adoptPolicyFile } from '../../../libs/program/src/adopt-policy-file.ts';
import { startDaemon } from '../../../libs/program/src/daemon.ts';
import { run } from '../../../libs/program/src/run.ts';
import { processManagerMigrations } from './migrations.ts';
import { managing } from './work.ts';

void run({
  name: 'process-manager',
  means: 'reacts to facts and to time by sending ordinary commands.',
  start: (settings, log) =>
    startDaemon(
      {
        name: 'process-manager',
        migrations: [processManagerMigrations],
        begin: async (parts, signal) => {
          await adoptPolicyFile(parts.desk, settings.policyFile);
          return managing(parts, signal, log);
        },
      },
      settings,
      log,
    ),
});
