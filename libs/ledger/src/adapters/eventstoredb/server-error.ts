/** Why a call to the server did not do what it should. */
export type ErrorKind =
  /** Certainly not done: it was not connected, or it says that it is not ready or too busy. */
  | 'not-ready'
  /** Certainly not done: another node leads. The client has turned to it already. */
  | 'not-leader'
  | 'conflict'
  | 'stream-not-found'
  | 'stream-deleted'
  | 'too-large'
  /** Wrong credentials, or no right. */
  | 'denied'
  /** The request itself is refused. */
  | 'invalid'
  /** A live subscription whose reader lags: ordinary. */
  | 'slow-reader'
  | 'no-such-position'
  /** Certainly not done: the connection for which it was meant is gone. Whoever meant it decides anew. */
  | 'interrupted'
  /** No answer in time. */
  | 'silent'
  /** All else: it may have been done. */
  | 'unknown';

/** The server's or the client's error, without a word of theirs that could hold an address, a user or a person's text. */
export class ServerError extends Error {
  override readonly name = 'ServerError';

  constructor(
    readonly kind: ErrorKind,
    /** A code word: the client's type or gRPC's status, and the socket's word when there is one. */
    readonly code: string,
    /** Of a conflict: where the stream is. */
    readonly actual?: bigint | 'no_stream',
  ) {
    super(`EventStoreDB: ${kind} (${code})`);
  }
}

/** Nothing of these can have been stored. */
export const isCertainlyUndone = (trouble: ServerError): boolean =>
  trouble.kind === 'not-ready' || trouble.kind === 'not-leader';

/** Another try may succeed. */
export const isPassing = (trouble: ServerError): boolean =>
  isCertainlyUndone(trouble) || trouble.kind === 'silent' || trouble.kind === 'unknown';

/**
 * Judges by `type ?? code`: the client's errors have a type, gRPC's own a code only. Words are looked at where neither
 * tells apart what must be told apart; what is not recognised is `unknown`, which may have been done.
 */
export const troubleOf = (error: unknown): ServerError => {
  if (error instanceof ServerError) return error;
  const {
    type,
    code,
    message = '',
    actualVersion,
  } = (error ?? {}) as {
    type?: string;
    code?: number | string;
    message?: string;
    actualVersion?: bigint | 'no_stream';
  };
  const socketWord =
    /\b(E[A-Z]{4,}|[A-Z_]*CERT[A-Z_]*)\b/.exec(message)?.[1] ??
    (/certificate/i.test(message) ? 'certificate' : undefined);
  const word = [type ?? code ?? 'no code', socketWord].filter((part) => part !== undefined).join(' ');
  const trouble = (kind: ErrorKind): ServerError => new ServerError(kind, word);
  switch (type ?? code) {
    case 'wrong-expected-version':
      return new ServerError('conflict', word, actualVersion);
    case 'stream-not-found':
      return trouble('stream-not-found');
    case 'stream-deleted':
      return trouble('stream-deleted');
    case 'maximum-append-size-exceeded':
      return trouble('too-large');
    case 'not-leader':
      return trouble('not-leader');
    case 'access-denied':
    case GRPC.permissionDenied:
    case GRPC.unauthenticated:
      return trouble('denied');
    case 'invalid-argument':
    case GRPC.invalidArgument:
      return trouble('invalid');
    case 'deadline-exceeded':
    case GRPC.deadlineExceeded:
      return trouble('silent');
    case 'unavailable':
    case GRPC.unavailable:
      return trouble(NEVER_SENT.test(message) ? 'not-ready' : 'unknown');
    case 'timeout':
    case GRPC.aborted:
      return trouble(/consumer too slow/i.test(message) ? 'slow-reader' : 'unknown');
    case 'unknown':
    case GRPC.unknown:
      if (code === GRPC.invalidArgument) return trouble('invalid');
      if (code === GRPC.permissionDenied) return trouble('denied');
      if (/no leader info/i.test(message)) return trouble('not-ready');
      return trouble(/ReadAllResult: (Error|InvalidPosition)/.test(message) ? 'no-such-position' : 'unknown');
    case undefined:
      return trouble(/^Failed to discover/.test(message) ? 'not-ready' : 'unknown');
    default:
      return trouble('unknown');
  }
};

const GRPC = {
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  aborted: 10,
  unavailable: 14,
  unauthenticated: 16,
};

/** The server's words before it has looked at a request, and the client's before it has sent one. */
const NEVER_SENT =
  /server (is )?(not ready|(too )?busy)|no connection established|name resolution failed|channel closed before call started|ECONNREFUSED|ENOTFOUND|EAI_AGAIN/i;
