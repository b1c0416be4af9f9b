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
  /** How many bytes data and metadata take on the wire. */
  readonly bytes: number;
}

/** Data and metadata are decoded when somebody asks, once: many events are passed over, and some are read by many. */
export class UndecodedEvent implements ServerEvent {
  private decodedData: { readonly value: unknown } | undefined;
  private decodedMetadata: { readonly value: unknown } | undefined;

  constructor(
    private readonly head: Omit<ServerEvent, 'data' | 'metadata' | 'bytes'>,
    private readonly raw: { readonly data: Uint8Array; readonly isJson: boolean; readonly metadata: Uint8Array },
  ) {}

  get stream(): string {
    return this.head.stream;
  }

  get id(): string {
    return this.head.id;
  }

  get revision(): bigint {
    return this.head.revision;
  }

  get position(): bigint {
    return this.head.position;
  }

  get type(): string {
    return this.head.type;
  }

  get created(): Date {
    return this.head.created;
  }

  get data(): unknown {
    const { data, isJson } = this.raw;
    return (this.decodedData ??= { value: isJson ? decoded(data) : data }).value;
  }

  get metadata(): unknown {
    return (this.decodedMetadata ??= { value: decoded(this.raw.metadata) }).value;
  }

  get bytes(): number {
    return this.raw.data.length + this.raw.metadata.length;
  }
}

/** What is no JSON stays as it is: it is none of ours. */
const decoded = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as unknown;
  } catch {
    return bytes;
  }
};
