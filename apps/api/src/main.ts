import { adoptPolicyFile } from '../../../libs/program/src/adopt-policy-file.ts';
import { openParts } from '../../../libs/program/src/parts.ts';
import { run } from '../../../libs/program/src/run.ts';
import { readModelWatches } from '../../../libs/program/src/watches.ts';
import { apiOver } from './api-over.ts';

void run({
  name: 'api',
  means: 'the HTTP door: receives requests, records facts, answers questions.',
  start: async (settings, log) => {
    const parts = await openParts(settings, { databaseUrl: settings.databaseUrl!, name: 'api', mint: false, log });
    await adoptPolicyFile(parts.desk, settings.policyFile);
    const api = await apiOver(parts, log, { followers: readModelWatches(parts) });
    await api.listen(settings.port, settings.host);
    log.info({ port: settings.port }, 'the API listens');
    return {
      stop: async () => {
        await api.close();
        await parts.close();
      },
    };
  },
});
