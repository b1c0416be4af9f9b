/**
 * A real Apache Kafka on this machine, for tests and tries: from Maven Central, one node, KRaft, loopback only.
 * Needs Java 17 and Maven (or the jars in the cache). Plain JavaScript, so that it runs after `npm install` without a build.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const KAFKA_VERSION = '4.3.0';

/** No Java, no Maven, or no way to fetch the jars. */
export class KafkaUnavailable extends Error {}

/** Starts a broker and waits until it answers. `dataDir` given: kept and used again; absent: fresh and removed at the end. */
export const startBroker = async ({ dataDir, port, root = process.cwd() } = {}) => {
  const jars = await fetchJars(root);
  if (port !== undefined && !(await isFree(port))) throw new Error(`port ${port} is in use on this machine`);
  const dir = dataDir ?? mkdtempSync(join(tmpdir(), 'redress-kafka-'));
  for (let attempt = 1; ; attempt++) {
    const ports = { broker: port ?? (await freePort()), controller: await freePort() };
    try {
      return await startOnce(root, jars, dir, ports, dataDir === undefined);
    } catch (error) {
      // Somebody else may have taken the port between our looking and Kafka's listening.
      if (attempt === 3) throw error;
      if (dataDir === undefined) rmSync(join(dir, 'data'), { recursive: true, force: true });
    }
  }
};

const startOnce = async (root, jars, dir, ports, temporary) => {
  const data = join(dir, 'data');
  const properties = join(dir, 'server.properties');
  const log = join(dir, 'kafka.log');
  mkdirSync(dir, { recursive: true });
  writeFileSync(properties, propertiesFor(ports, data));
  const java = (...args) => ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx384m', '-cp', `${jars}/*`, ...args];
  if (!existsSync(join(data, 'meta.properties')))
    await run('java', java('kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', properties));

  const order = { command: 'java', args: java('kafka.Kafka', properties), log, ...(temporary && { removeAtEnd: dir }) };
  const keeper = spawn(process.execPath, [join(root, 'deploy/kafka/keeper.mjs'), JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise((done) => keeper.once('exit', done));
  keeper.stdin.on('error', () => undefined);
  const pid = await Promise.race([
    new Promise((found) => keeper.stdout.once('data', (line) => found(Number(String(line).trim())))),
    ended.then(() => {
      throw new Error('Kafka could not be started');
    }),
  ]);
  const stop = async () => {
    keeper.stdin.end();
    await ended;
  };
  try {
    await answers(ports.broker, ended, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    brokers: `127.0.0.1:${ports.broker}`,
    port: ports.broker,
    pid,
    dataDir: dir,
    stop,
    /** kill -9; resolves when it is gone. */
    kill: async () => {
      process.kill(pid, 'SIGKILL');
      await ended;
    },
    /** SIGSTOP and SIGCONT: a broker that is there and does not answer. */
    freeze: () => process.kill(pid, 'SIGSTOP'),
    thaw: () => process.kill(pid, 'SIGCONT'),
  };
};

const propertiesFor = (ports, data) =>
  Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${ports.broker},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.broker}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': data.replaceAll('\\', '/'),
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    // A broker that was killed may come back before it is thought dead; that is not to last long.
    'broker.heartbeat.interval.ms': 500,
    'broker.session.timeout.ms': 3_000,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** Kafka prints its ids in base64url and dislikes a leading hyphen. */
const clusterId = () => {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
};

const isFree = (port) =>
  new Promise((answer) => {
    const server = net.createServer().once('error', () => answer(false));
    server.listen(port, '127.0.0.1', () => server.close(() => answer(true)));
  });

const freePort = () =>
  new Promise((found, failed) => {
    const server = net.createServer().once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

/** Waits until the broker tells its own address. */
const answers = async (port, ended, log) => {
  let gone = false;
  void ended.then(() => (gone = true));
  const until = Date.now() + 90_000;
  while (Date.now() < until && !gone) {
    if (await knowsItself(port)) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : '';
  throw new Error(`Kafka ${gone ? 'ended at once' : 'did not answer within 90 s'}\n${said}`);
};

/** One Metadata request (version 1) without a client library: is there a broker in the answer? */
const knowsItself = (port) =>
  new Promise((answer) => {
    const request = Buffer.from([0, 0, 0, 14, 0, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    const socket = net.connect({ port, host: '127.0.0.1' });
    const done = (yes) => {
      socket.destroy();
      answer(yes);
    };
    let heard = Buffer.alloc(0);
    socket.setTimeout(2_000, () => done(false));
    socket.on('connect', () => socket.write(request));
    socket.on('error', () => done(false));
    socket.on('close', () => answer(false));
    socket.on('data', (chunk) => {
      heard = Buffer.concat([heard, chunk]);
      if (heard.length >= 12) done(heard.readInt32BE(8) > 0);
    });
  });

/** The folder with Kafka's jars: from the cache, else from Maven Central. */
const fetchJars = async (root) => {
  await run('java', ['-version']).catch(() => {
    throw new KafkaUnavailable('Kafka needs Java 17 or newer (`java` was not found)');
  });
  const cache = cacheFolder(root);
  const jars = join(cache, KAFKA_VERSION);
  if (existsSync(jars)) return jars;
  const making = mkdtempSync(join(cache, 'fetching-'));
  try {
    writeFileSync(join(making, 'pom.xml'), POM);
    await run(
      'mvn',
      [
        '-q',
        '-B',
        '-f',
        join(making, 'pom.xml'),
        'dependency:copy-dependencies',
        `-DoutputDirectory=${join(making, 'jars')}`,
      ],
      { timeout: 600_000 },
    ).catch((error) => {
      throw new KafkaUnavailable(
        error.code === 'ENOENT'
          ? 'fetching Kafka needs Maven (`mvn` was not found)'
          : `Maven could not fetch Kafka: ${String(error.stdout || error.message).slice(0, 500)}`,
      );
    });
    try {
      renameSync(join(making, 'jars'), jars);
    } catch (error) {
      if (!existsSync(jars)) throw error; // another process was quicker
    }
    return jars;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
};

/** In node_modules where that can be written, else in the user's cache. */
const cacheFolder = (root) => {
  const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'redress-kafka');
  for (const folder of [resolve(root, 'node_modules/.cache/redress-kafka'), home]) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      if (existsSync(join(folder, KAFKA_VERSION))) return folder;
    }
  }
  throw new KafkaUnavailable(`no folder to keep Kafka in: ${dirname(home)} cannot be written`);
};

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>redress</groupId>
  <artifactId>kafka-for-tries</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
  </dependencies>
</project>
`;
