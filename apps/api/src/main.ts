import { adoptPolicyFile } from '#program/adopt-policy-file';
import { openingAll } from '#program/opened';
import { openParts } from '#program/program-dependencies';
import { run } from '#program/run';
import { readModelWatches } from '#program/watches';
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
