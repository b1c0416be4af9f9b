export const KAFKA_VERSION: string;
export class KafkaUnavailable extends Error {}
export interface RunningBroker {
  /** `127.0.0.1:<port>`, as KAFKA_BROKERS takes it. */
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** SIGTERM, then waits. */
  stop(): Promise<void>;
  /** kill -9, then waits. */
  kill(): Promise<void>;
  /** SIGSTOP: there, and not answering. */
  freeze(): void;
  thaw(): void;
}
export const startBroker: (options?: {
  /** Kept and used again; absent: fresh, removed at the end. */
  dataDir?: string;
  port?: number;
  /** The checkout. Default: the working directory. */
  root?: string;
}) => Promise<RunningBroker>;
