import { Metadata, status, type StatusObject } from '@grpc/grpc-js';

/** How a real server says no: status, words and the trailing metadata that the client reads. */
export type Refusal = Pick<StatusObject, 'code' | 'details' | 'metadata'>;

const refusal = (code: status, details: string, trailer: Readonly<Record<string, string>> = {}): Refusal => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailer)) metadata.set(name, value);
  return { code, details, metadata };
};

export const refused = refusal;

export const notLeader = (host: string, port: number): Refusal =>
  refusal(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export const notReady = refusal(status.UNAVAILABLE, 'Server Is Not Ready');
export const tooBusy = refusal(status.UNAVAILABLE, 'Server Is Too Busy');
export const notPrepared = refusal(status.ABORTED, 'Operation timed out: Prepare phase timeout');
export const thrown = refusal(status.UNKNOWN, 'Exception was thrown by handler.');
export const unreadablePosition = refusal(status.UNKNOWN, 'Unexpected ReadAllResult: Error');
export const wrongCredentials = refusal(status.UNAUTHENTICATED, 'Received HTTP status code 401');
export const accessDenied = refusal(status.PERMISSION_DENIED, 'Access Denied', { exception: 'access-denied' });

export const tooSlow = (state: 'live' | 'transitioning to live'): Refusal =>
  refusal(
    status.ABORTED,
    `Operation timed out: Consumer too slow to handle event while ${state}. Client resubscription required.`,
  );

/** Trailers are ASCII: a name that is not goes out percent-encoded. */
export const streamDeleted = (stream: string): Refusal =>
  refusal(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': encodeURI(stream),
  });

export const tooLarge = (limit: number): Refusal =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

export const missingMetadata = (name: string): Refusal =>
  refusal(status.INVALID_ARGUMENT, `Required Metadata Property '${name}' is missing`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const deleteConflict = (stream: string, expected: string, actual: number): Refusal =>
  refusal(
    status.FAILED_PRECONDITION,
    `Delete failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': encodeURI(stream),
      'expected-version': expected,
      'actual-version': String(actual),
    },
  );
