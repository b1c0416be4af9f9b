/** An event as the server has it; every event, not only facts of ours. */
export interface ServerEvent {
  /** As the server knows it, prefix included. */
  readonly stream: string;
  readonly id: string;
  readonly revision: bigint;
  /** Commit = prepare, for every event. */
  readonly position: bigint;
  readonly type: string;
  readonly data: unknown;
  readonly metadata: unknown;
  readonly created: Date;
}
