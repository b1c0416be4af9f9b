import { pause } from '../load/clerk.ts';
import type { Replica } from '../world/replica.ts';
import { soon, type Fault, type Scene } from './fault.ts';

/** What happens to PostgreSQL and to the wires that lead to it. */

const killPostgres: Fault = {
  name: 'kill-postgres',
  means: 'kill -9 of PostgreSQL, which recovers',
  act: async (scene) => {
    process.kill(scene.world.cluster.pid(), 'SIGKILL');
    await soon(scene, 'PostgreSQL comes again', () => answers(scene));
  },
};

const killBackend: Fault = {
  name: 'kill-backend',
  means: 'kill -9 of one of PostgreSQL’s processes: it restarts all of them',
  act: async (scene) => {
    const { world, chance } = scene;
    const rows = await world.cluster
      .query<{ pid: number }>(`select pid from pg_stat_activity where pid <> pg_backend_pid() order by backend_start`)
      .catch(() => []);
    if (rows.length > 0) process.kill(chance.pick(rows).pid, 'SIGKILL');
    await pause(200);
    await soon(scene, 'PostgreSQL comes again', () => answers(scene));
  },
};

const fullDisk: Fault = {
  name: 'full-disk',
  means: 'PostgreSQL’s disk is full, then there is room again',
  needs: ({ cluster }) => (cluster.disk ? undefined : 'a small disk of its own, which only root may mount'),
  act: async (scene) => {
    const { cluster } = scene.world;
    await cluster.disk!.fill();
    try {
      await pause(scene.whileMs(2_000, 10_000));
    } finally {
      await cluster.disk!.free();
    }
    await soon(scene, 'PostgreSQL comes again', () => answers(scene));
  },
};

const cutDatabase: Fault = {
  name: 'cut-database',
  means: 'a program cannot reach PostgreSQL: unready and late, while the others go on',
  act: async (scene) => {
    const one = scene.chance.pick(scene.world.replicas);
    const wire = one.wires['DATABASE_URL']!;
    wire.cut();
    try {
      await pause(scene.whileMs(500, 6_000));
      // On EventStoreDB the ledger itself is still there.
      await isUnready(scene, one, scene.world.eventStore ? '' : 'ledger');
    } finally {
      wire.mend();
    }
    await soon(
      scene,
      'a program is ready again when its database is there',
      async () => (await one.health())?.status === 200,
    );
  },
};

const dropConnections: Fault = {
  name: 'drop-connections',
  means: 'all connections of a program to PostgreSQL break, several times',
  act: async ({ world, chance, whileMs }) => {
    const wire = chance.pick(world.replicas).wires['DATABASE_URL']!;
    for (let times = chance.whole(2, 5); times > 0; times--) {
      wire.cut();
      wire.mend();
      await pause(whileMs(100, 1_000));
    }
  },
};

const loseAnswers: Fault = {
  name: 'lose-answers',
  means: 'PostgreSQL does what was asked, and its answers to an API get lost',
  act: async ({ world, chance, whileMs }) => {
    const wire = chance.pick(world.of('api')).wires['DATABASE_URL']!;
    for (let times = chance.whole(3, 8); times > 0; times--) {
      await Promise.race([wire.loseNextAnswer(), pause(2_000)]);
      await pause(whileMs(20, 400));
    }
  },
};

const silentDatabase: Fault = {
  name: 'silent-database',
  means: 'the connections of a program to PostgreSQL stand, and nothing comes back',
  act: async ({ world, chance, whileMs }) => {
    const wire = chance.pick(world.replicas).wires['DATABASE_URL']!;
    wire.fallSilent();
    await pause(whileMs(1_500, 15_000));
    wire.cut(); // as a network does in the end
    wire.mend();
  },
};

const answers = async ({ world }: Scene): Promise<boolean> =>
  world.cluster.query('select 1').then(
    () => true,
    () => false,
  );

/** Live, and not ready, saying which part is away; `''`: any. */
export const isUnready = async (scene: Scene, replica: Replica, check: string): Promise<void> => {
  await soon(scene, `${replica.program} is unready without its ${check || 'database'}`, async () => {
    const health = await replica.health();
    return health?.status === 503 && health.failing.some((one) => one.startsWith(check));
  });
  const live = await fetch(`http://${replica.at}/health/live`).catch(() => undefined);
  if (live?.status !== 200)
    scene.notebook.violations.push({
      rule: 'who lacks something is unready, and lives',
      found: `${replica.name}: ${live?.status ?? 'no answer'}`,
    });
};

export const storeFaults: readonly Fault[] = [
  killPostgres,
  killBackend,
  fullDisk,
  cutDatabase,
  dropConnections,
  loseAnswers,
  silentDatabase,
];
