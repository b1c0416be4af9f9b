import { pause } from '../load/clerk.ts';
import type { Replica } from '../world/replica.ts';
import type { World } from '../world/world.ts';
import { soon, type Fault, type Scene } from './fault.ts';

/** What happens to the broker. Whatever it is, only the publisher is late. */

const needsKafka = ({ kafka }: World): string | undefined => (kafka ? undefined : 'a Kafka broker');

const killBroker: Fault = {
  name: 'kill-broker',
  means: 'kill -9 of the Kafka broker, which comes again',
  needs: needsKafka,
  act: async (scene) => {
    const ready = await readyOnes(scene);
    await scene.world.kafka!.kill();
    try {
      await onlyThePublisherIsUnready(scene, ready);
      await pause(scene.whileMs(200, 4_000));
    } finally {
      await scene.world.kafka!.restart();
    }
  },
};

const freezeBroker: Fault = {
  name: 'freeze-broker',
  means: 'SIGSTOP of the broker: it is there and does not answer; then SIGCONT',
  needs: needsKafka,
  act: async (scene) => {
    scene.world.kafka!.freeze();
    try {
      await pause(scene.whileMs(1_000, 25_000));
    } finally {
      scene.world.kafka!.thaw();
    }
  },
};

const tooLarge: Fault = {
  name: 'too-large',
  means: 'the broker refuses messages as too large: the publisher stops, and goes on when that is mended',
  needs: needsKafka,
  act: async (scene) => {
    const { world } = scene;
    const ready = await readyOnes(scene);
    await world.kafka!.limitMessages(64);
    try {
      await onlyThePublisherIsUnready(scene, ready);
    } finally {
      await world.kafka!.limitMessages(undefined);
    }
    // Nothing may be left out: whoever mends the topic starts the publishers anew.
    for (const publisher of world.of('publisher')) {
      await publisher.stop();
      await publisher.start();
    }
  },
};

/** One that was started anew under load may not have caught up yet. */
const readyOnes = async ({ world }: Scene): Promise<Replica[]> => {
  const others = world.replicas.filter(({ program }) => program !== 'publisher');
  const healths = await Promise.all(others.map((replica) => replica.health()));
  return others.filter((_, index) => healths[index]?.status === 200);
};

const onlyThePublisherIsUnready = async (scene: Scene, ready: readonly Replica[]): Promise<void> => {
  const { world, notebook } = scene;
  await soon(scene, 'a publisher without its broker is unready', async () => {
    const healths = await Promise.all(world.of('publisher').map((publisher) => publisher.health()));
    return healths.some((health) => health?.status === 503);
  });
  for (const replica of ready) {
    const health = await replica.health();
    if (health?.status !== 200)
      notebook.violations.push({
        rule: 'without a broker only the publisher is unready',
        found: `${replica.name}: ${health?.status ?? 'no answer'} ${health?.failing.join('; ') ?? ''}`,
      });
  }
};

export const brokerFaults: readonly Fault[] = [killBroker, freezeBroker, tooLarge];
