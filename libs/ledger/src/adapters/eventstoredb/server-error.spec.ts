import { isCertainlyUndone, isPassing, troubleOf, type ErrorKind } from './server-error.ts';

describe('trouble with the server', () => {
  it.each<[string, object, ErrorKind]>([
    ['a conflict', { type: 'wrong-expected-version', actualVersion: 3n }, 'conflict'],
    ['a tombstone', { type: 'stream-deleted', code: 9 }, 'stream-deleted'],
    ['a missing stream', { type: 'stream-not-found' }, 'stream-not-found'],
    ['too much', { type: 'maximum-append-size-exceeded', code: 3 }, 'too-large'],
    ['another leader', { type: 'not-leader', code: 5 }, 'not-leader'],
    ['a wrong password', { type: 'access-denied', code: 16 }, 'denied'],
    ['no right', { type: 'access-denied', code: 7 }, 'denied'],
    ['no right, said by gRPC alone', { code: 7 }, 'denied'],
    ['no right, which the client does not recognise', { type: 'unknown', code: 7 }, 'denied'],
    ['a bad request', { type: 'unknown', code: 3 }, 'invalid'],
    ['a deadline', { type: 'deadline-exceeded', code: 4 }, 'silent'],
    ['a raw deadline', { code: 4 }, 'silent'],
    [
      'a server that is not ready',
      { type: 'unavailable', code: 14, message: '14 UNAVAILABLE: Server Is Not Ready' },
      'not-ready',
    ],
    [
      'a server that is busy',
      { type: 'unavailable', code: 14, message: '14 UNAVAILABLE: Server Is Too Busy' },
      'not-ready',
    ],
    [
      'a server that is not ready, in other words',
      { type: 'unavailable', code: 14, message: '14 UNAVAILABLE: Server not ready' },
      'not-ready',
    ],
    [
      'a cluster that knows no leader',
      { type: 'unknown', code: 2, message: '2 UNKNOWN: No leader info available in response' },
      'not-ready',
    ],
    [
      'a server that gave up reading',
      { type: 'unknown', code: 2, message: '2 UNKNOWN: Unexpected ReadAllResult: Expired' },
      'unknown',
    ],
    [
      'a server that is down, said by gRPC alone',
      {
        code: 14,
        message: '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.0.0.7:2113',
      },
      'not-ready',
    ],
    ['a cluster without anybody', { message: 'Failed to discover after 1 attempts.' }, 'not-ready'],
    ['a broken connection', { type: 'unavailable', code: 14, message: '14 UNAVAILABLE: read ECONNRESET' }, 'unknown'],
    ['a graceful stop', { type: 'unknown', code: 13 }, 'unknown'],
    ['a time-out inside the server', { type: 'timeout', code: 10, message: 'Operation timed out: Commit' }, 'unknown'],
    [
      'a reader that lags',
      { type: 'timeout', code: 10, message: '10 ABORTED: … Consumer too slow to handle event while live.' },
      'slow-reader',
    ],
    [
      'a place between events',
      { type: 'unknown', code: 2, message: '2 UNKNOWN: Unexpected ReadAllResult: Error' },
      'no-such-position',
    ],
    ['what nobody foresaw', { type: 'something-new', code: 99 }, 'unknown'],
    ['nothing at all', {}, 'unknown'],
  ])('%s', (_case, error, kind) => expect(troubleOf(error)).toMatchObject({ kind }));

  it('was certainly not done only where the server or the client says so', () => {
    const undone = (['not-ready', 'not-leader', 'silent', 'unknown', 'slow-reader'] as const).filter((kind) =>
      isCertainlyUndone({ kind } as never),
    );
    expect(undone).toEqual(['not-ready', 'not-leader']);
    expect(isPassing({ kind: 'denied' } as never)).toBe(false);
  });

  it('says where the stream is, in a conflict', () =>
    expect(troubleOf({ type: 'wrong-expected-version', actualVersion: 3n }).actual).toBe(3n));

  it('says a code and the socket’s word, never an address', () => {
    const { message } = troubleOf({
      code: 14,
      message: 'No connection established. Last error: connect ECONNREFUSED 10.0.0.7:2113',
    });
    expect(message).toBe('EventStoreDB: not-ready (14 ECONNREFUSED)');
  });
});
