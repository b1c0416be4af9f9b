import { pause } from '../load/clerk.ts';
import type { World } from '../world/world.ts';
import { soon, type Fault, type Scene } from './fault.ts';
import { isUnready } from './stores.ts';

/** What happens to EventStoreDB. Only the stand-in misbehaves on demand; a server that somebody named is left in peace. */

const needsOurs = ({ eventStore }: World): string | undefined =>
  eventStore?.isOurs ? undefined : 'the stand-in (no EVENTSTORE_URL)';

const killEventStore: Fault = {
  name: 'kill-eventstore',
  means: 'kill -9 of EventStoreDB: every program is unready, and ready again when it is there',
  ledger: 'eventstoredb',
  needs: needsOurs,
  act: async (scene) => {
    const { world, whileMs } = scene;
    await world.eventStore!.kill();
    try {
      await isUnready(scene, scene.chance.pick(world.replicas), 'ledger');
      await pause(whileMs(300, 5_000));
    } finally {
      await world.eventStore!.restart();
    }
    await allAreReady(scene);
  },
};

const suspendEventStore: Fault = {
  name: 'suspend-eventstore',
  means: 'SIGSTOP of EventStoreDB: connections stand, nothing comes back; then SIGCONT',
  ledger: 'eventstoredb',
  needs: needsOurs,
  act: async (scene) => {
    scene.world.eventStore!.suspend();
    try {
      await pause(scene.whileMs(1_500, 25_000));
    } finally {
      scene.world.eventStore!.resume();
    }
    await allAreReady(scene);
  },
};

const cutEventStore: Fault = {
  name: 'cut-eventstore',
  means: 'a program cannot reach EventStoreDB: unready and late, while the others go on',
  ledger: 'eventstoredb',
  needs: needsOurs,
  act: async (scene) => {
    const one = scene.chance.pick(scene.world.replicas);
    const wire = one.wires['EVENTSTORE_URL']!;
    wire.cut();
    try {
      await isUnready(scene, one, 'ledger');
      await pause(scene.whileMs(300, 5_000));
    } finally {
      wire.mend();
    }
    await soon(
      scene,
      'a program is ready again when its ledger is there',
      async () => (await one.health())?.status === 200,
    );
  },
};

const silentEventStore: Fault = {
  name: 'silent-eventstore',
  means: 'the connections of a program to EventStoreDB stand, and nothing comes back',
  ledger: 'eventstoredb',
  needs: needsOurs,
  act: async ({ world, chance, whileMs }) => {
    const wire = chance.pick(world.replicas).wires['EVENTSTORE_URL']!;
    wire.fallSilent();
    await pause(whileMs(1_500, 30_000));
    wire.cut();
    wire.mend();
  },
};

/** Each for some calls, one after another, in an order by chance. */
const MOODS = [
  { do: 'arm', rpcs: ['append'], fault: { kind: 'cut', stored: true }, times: 3 },
  { do: 'arm', rpcs: ['append'], fault: { kind: 'cut' }, times: 3 },
  { do: 'arm', rpcs: ['append'], fault: { kind: 'silent', stored: true }, times: 2 },
  { do: 'arm', rpcs: ['append'], fault: { kind: 'late', ms: 700 }, times: 10 },
  { do: 'arm', rpcs: ['append', 'readStream'], fault: { kind: 'too-busy' }, times: 10 },
  { do: 'arm', rpcs: ['append', 'readStream', 'readAll'], fault: { kind: 'not-ready' }, times: 10 },
  { do: 'arm', rpcs: ['readAll'], fault: { kind: 'cut', afterEvents: 5 }, times: 3 },
  { do: 'arm', rpcs: ['readStream'], fault: { kind: 'silent', afterEvents: 1 }, times: 2 },
  { do: 'dropSubscriptions' },
  { do: 'endSubscriptions' },
  { do: 'cutConnections' },
] as const;

const moody: Fault = {
  name: 'moody-eventstore',
  means: 'EventStoreDB answers late, never, not at all after the commit, busy, not ready; drops and ends subscriptions',
  ledger: 'eventstoredb',
  needs: needsOurs,
  act: async (scene) => {
    const { world, chance, whileMs } = scene;
    for (const mood of chance.shuffled(MOODS)) {
      await world.eventStore!.order(mood);
      await pause(whileMs(200, 1_500));
    }
    await world.eventStore!.order({ do: 'lift' });
  },
};

const allAreReady = async (scene: Scene): Promise<void> => {
  await soon(scene, 'all are ready again when the ledger is there', async () => {
    const healths = await Promise.all(scene.world.replicas.map((replica) => replica.health()));
    return healths.every((health) => health?.status === 200);
  });
};

export const eventStoreFaults: readonly Fault[] = [
  killEventStore,
  suspendEventStore,
  cutEventStore,
  silentEventStore,
  moody,
];
