import { run } from '#program/run';
import { startStandalone } from './standalone.ts';
import { welcome } from './welcome.ts';

void run({
  name: 'redress',
  means: 'everything in one process: API, projector, publisher and process manager.',
  standalone: true,
  start: async (settings, log) => {
    const begin = performance.now();
    const running = await startStandalone(settings, log);
    process.stdout.write(welcome({ ...running, settings, seconds: (performance.now() - begin) / 1000 }));
    return running;
  },
});
