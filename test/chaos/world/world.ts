import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MasterKey } from '#privacy/master-key';
import { buildPrograms, type Programs } from '../../support/program.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { EventStore } from './event-store.ts';
import { Kafka } from './kafka.ts';
import { Replica, type ProgramName } from './replica.ts';

export interface WorldOptions {
  readonly organisation: string;
  readonly replicas: Readonly<Record<ProgramName, number>>;
  readonly ledger: 'postgres' | 'eventstoredb';
  readonly kafka: boolean;
  readonly smallDisk: boolean;
}

/** Everything that runs: a PostgreSQL, perhaps a broker, and the programs, each a process of its own. */
export class World {
  private constructor(
    readonly options: WorldOptions,
    readonly room: string,
    readonly cluster: Cluster,
    readonly kafka: Kafka | undefined,
    readonly eventStore: EventStore | undefined,
    readonly replicas: readonly Replica[],
    readonly settings: Readonly<Record<string, string>>,
    private readonly programs: Programs,
  ) {}

  static async start(options: WorldOptions): Promise<World> {
    const room = await mkdtemp(join(tmpdir(), 'redress-chaos-'));
    await chmod(room, 0o755);
    const opened: (() => Promise<unknown>)[] = [() => rm(room, { recursive: true, force: true })];
    try {
      const programs = buildPrograms();
      opened.unshift(() => programs.remove());
      const starting = await Promise.allSettled([
        startCluster(room, options.smallDisk),
        options.kafka ? Kafka.start(room) : undefined,
      ]);
      for (const one of starting) if (one.status === 'fulfilled') opened.unshift(async () => one.value?.stop());
      const [cluster, kafka] = [valueOf(starting[0]), valueOf(starting[1])];
      const eventStore = options.ledger === 'eventstoredb' ? await EventStore.start(room) : undefined;
      if (eventStore) opened.unshift(() => eventStore.stop());
      const key = join(room, 'master.key');
      await writeFile(key, `${MasterKey.mint().text}\n`, { mode: 0o600 });
      const settings: Record<string, string> = {
        DATABASE_URL: cluster.url,
        ORGANISATION: options.organisation,
        MASTER_KEY_FILE: key,
        ERASURE_LOG: join(room, 'erasures.jsonl'),
        ...(kafka && { KAFKA_BROKERS: kafka.brokers }),
        ...(eventStore && { EVENTSTORE_URL: eventStore.url, LEDGER_PREFIX: `${options.organisation}-` }),
      };
      // A server that somebody named may be several, or know its own name: it is reached without a detour.
      const wired = ['DATABASE_URL', ...(eventStore?.isOurs ? ['EVENTSTORE_URL'] : [])];
      const replicas: Replica[] = [];
      for (const [program, count] of Object.entries(options.replicas) as [ProgramName, number][])
        for (let number = 1; number <= count; number++)
          replicas.push(await Replica.of(program, number, programs, settings, wired));
      // All at once, on an empty database: each migrates it, fixes the organisation, adopts the policy.
      await Promise.all(replicas.map((replica) => replica.start()));
      return new World(options, room, cluster, kafka, eventStore, replicas, settings, programs);
    } catch (error) {
      for (const close of opened) await close().catch(() => undefined);
      throw error;
    }
  }

  of(program: ProgramName): readonly Replica[] {
    return this.replicas.filter((replica) => replica.program === program);
  }

  /** Where requests may go. A door that is down stays in the list: clients do not know. */
  doors(): readonly { name: string; at: string }[] {
    return this.of('api').map(({ name, at }) => ({ name, at }));
  }

  /** Runs a program that ends by itself; answers its exit code and what it said. */
  async runOnce(main: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
    const program = this.programs.start(main, this.settings, args);
    const { code } = await program.ended;
    return { code, said: program.stdout() + program.stderr() };
  }

  async close(): Promise<void> {
    for (const replica of this.replicas) await replica.close();
    await this.kafka?.stop();
    await this.eventStore?.stop();
    await this.programs.remove();
    await this.cluster.stop();
    await rm(this.room, { recursive: true, force: true });
  }
}

const valueOf = <T>(settled: PromiseSettledResult<T>): T => {
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
};
