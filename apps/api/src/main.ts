import { adoptPolicyFile } from '../../../libs/program/src/adopt-policy-file.ts';
import { openingAll } from '../../../libs/program/src/opened.ts';
import { openParts } from '../../../libs/program/src/parts.ts';
import { run } from '../../../libs/program/src/run.ts';
import { readModelWatches } from '../../../libs/program/src/watches.ts';
import { apiOver } from './api-over.ts';

void run({
  name: 'api',
  means: 'the HTTP door: receives requests, records facts, answers questions.',
  start: (settings, log) =>
    openingAll(async (opened) => {
      const parts = await openParts(settings, { databaseUrl: settings.databaseUrl!, name: 'api', mint: false, log });
      opened.closeBy(() => parts.close());
      await adoptPolicyFile(parts.desk, settings.policyFile);
      const api = await apiOver(parts, log, { followers: readModelWatches(parts) });
      opened.closeBy(() => api.close());
      await api.listen(settings.port, settings.host);
      log.info({ port: Number(new URL(await api.getUrl()).port) }, 'the API listens');
      return { stop: () => opened.close() };
    }),
});
