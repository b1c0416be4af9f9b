import { pause } from '../load/clerk.ts';
import type { ProgramName, Replica } from '../world/replica.ts';
import { headOf, passes, soon, type Fault, type Scene } from './fault.ts';

/** What happens to our own processes. */

const FOLLOWERS: readonly ProgramName[] = ['projector', 'publisher', 'process-manager'];
const SUBSCRIPTIONS: Partial<Record<ProgramName, string>> = {
  projector: 'projector:%',
  publisher: 'publisher@%',
  'process-manager': 'process-manager@%',
};

const killApi: Fault = {
  name: 'kill-api',
  means: 'kill -9 of an API in the middle of requests',
  act: async ({ world, chance, whileMs }) => {
    const api = chance.pick(world.of('api'));
    await api.kill();
    await pause(whileMs(300, 3_000));
    await api.start();
  },
};

const stopApi: Fault = {
  name: 'stop-api',
  means: 'SIGTERM to an API: requests in flight are answered, and it ends cleanly',
  act: async (scene) => {
    const { world, chance, notebook, whileMs } = scene;
    const api = chance.pick(world.of('api'));
    const askedAt = Date.now();
    const { code, signal } = await api.stop();
    endedCleanly(scene, api, code, signal);
    await pause(500);
    // What had left long before it was asked to stop was in flight; what came later may find a closed door.
    for (const { name, attempts } of notebook.commands)
      for (const { api: door, leftAt, endedAt, lost } of attempts)
        if (door === api.name && leftAt && leftAt < askedAt - 500 && endedAt > askedAt && lost && lost !== 'gave-up')
          notebook.violations.push({ rule: 'SIGTERM answers what is in flight', found: `${name}: ${lost}` });
    await pause(whileMs(200, 2_000));
    await api.start();
  },
};

const killFollower: Fault = {
  name: 'kill-follower',
  means: 'kill -9 of one of two replicas of a projector, publisher or process manager: the other goes on',
  act: async (scene) => {
    const [one] = followers(scene);
    await one.kill();
    await theOthersGoOn(scene, one);
    await one.start();
  },
};

const killAllFollowers: Fault = {
  name: 'kill-all-followers',
  means: 'kill -9 of all replicas of all followers',
  act: async ({ world, whileMs }) => {
    const all = FOLLOWERS.flatMap((program) => world.of(program));
    await Promise.all(all.map((replica) => replica.kill()));
    await pause(whileMs(500, 4_000));
    await Promise.all(all.map((replica) => replica.start()));
  },
};

const stopFollower: Fault = {
  name: 'stop-follower',
  means: 'SIGTERM to one of two replicas of a follower: it ends cleanly, the other goes on',
  act: async (scene) => {
    const [one] = followers(scene);
    const { code, signal } = await one.stop();
    endedCleanly(scene, one, code, signal);
    await theOthersGoOn(scene, one);
    await one.start();
  },
};

const suspendFollower: Fault = {
  name: 'suspend-follower',
  means: 'SIGSTOP of a follower for longer than the leases, then SIGCONT: it finds its work done by another',
  act: async (scene) => {
    const [one] = followers(scene);
    one.suspend();
    try {
      await Promise.all([pause(scene.longerThanLeasesMs), theOthersGoOn(scene, one)]);
    } finally {
      one.resume();
    }
  },
};

const suspendApi: Fault = {
  name: 'suspend-api',
  means: 'SIGSTOP of an API with requests in its hands, then SIGCONT',
  act: async ({ world, chance, whileMs }) => {
    const api = chance.pick(world.of('api'));
    api.suspend();
    await pause(whileMs(1_000, 12_000));
    api.resume();
  },
};

const killEverything: Fault = {
  name: 'kill-everything',
  means: 'kill -9 of all programs at once',
  act: async ({ world, whileMs }) => {
    await Promise.all(world.replicas.map((replica) => replica.kill()));
    await pause(whileMs(200, 1_000));
    await Promise.all(world.replicas.map((replica) => replica.start()));
  },
};

const rebuildUnderLoad: Fault = {
  name: 'rebuild',
  means: 'all read models are built anew, compared and switched while the service works',
  act: async ({ world, notebook }) => {
    const { code, said } = await world.runOnce('projector/src/rebuild.js', ['rebuild', 'all']);
    if (code !== 0 || /: different$/m.test(said))
      notebook.violations.push({
        rule: 'read models equal a rebuild under load',
        found: said.trim() || `exit ${code}`,
      });
  },
};

/** The replicas of one follower, the first of them by chance. */
const followers = ({ world, chance }: Scene): [Replica, ...Replica[]] => {
  const program = chance.pick(FOLLOWERS.filter((name) => name !== 'publisher' || world.kafka));
  return chance.shuffled(world.of(program)) as [Replica, ...Replica[]];
};

const theOthersGoOn = async (scene: Scene, away: Replica): Promise<void> => {
  const { world, whileMs } = scene;
  await pause(whileMs(300, 1_500));
  if (world.of(away.program).length < 2) return;
  const head = await headOf(world);
  await soon(scene, `another ${away.program} goes on`, () => passes(world, SUBSCRIPTIONS[away.program]!, head));
};

const endedCleanly = (
  { notebook }: Scene,
  { name }: Replica,
  code: number | null,
  signal: NodeJS.Signals | null,
): void => {
  if (code !== 0 || signal !== null)
    notebook.violations.push({ rule: 'SIGTERM ends cleanly', found: `${name}: ${signal ?? `exit ${code}`}` });
};

export const programFaults: readonly Fault[] = [
  killApi,
  stopApi,
  suspendApi,
  killFollower,
  killAllFollowers,
  stopFollower,
  suspendFollower,
  killEverything,
  rebuildUnderLoad,
];
