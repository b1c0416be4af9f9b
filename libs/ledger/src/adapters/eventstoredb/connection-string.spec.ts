import { EventStoreDBClient } from '@eventstore/db-client';
import { BadConnectionString, readConnectionString } from './connection-string.ts';

describe('the connection string', () => {
  it('keeps credentials apart from what the client sees', () => {
    const { clean, credentials } = readConnectionString('esdb://ops:p%40ss%3Aword@a.example:2113?tlsCAFile=/ca.pem');
    expect(credentials).toEqual({ username: 'ops', password: 'p@ss:word' });
    expect(clean).toMatch(/^esdb:\/\/a\.example:2113\?tlsCAFile=\/ca\.pem&/);
    expect(clean).not.toMatch(/ops|p@|p%40|word/);
  });

  it.each(['esdb://ops:s3cret@a:2113,b:2113,c:2113', 'esdb+discover://ops:s3cret@cluster.example:2113/'])(
    'reads from the leader of a cluster: %s',
    (url) => {
      const { clean } = readConnectionString(url);
      expect(clean).toContain('nodePreference=leader');
      expect(clean.startsWith(url.replace('ops:s3cret@', '').replace(/\/$/, ''))).toBe(true);
    },
  );

  it('asks all of several hosts for the leader, however they are written', () => {
    expect(readConnectionString('esdb+discover://a:1,b:2,c:3?tls=false').clean).toMatch(/^esdb:\/\/a:1,b:2,c:3\?/);
  });

  it('needs no credentials on a plain connection', () => {
    expect(readConnectionString('esdb://127.0.0.1:2113?tls=false')).not.toHaveProperty('credentials');
  });

  it('refuses real credentials over a plain connection, and leaves them out where that is allowed', () => {
    const url = 'esdb://ops:s3cret@127.0.0.1:2113?TLS=false';
    expect(() => readConnectionString(url)).toThrow(/credentials for a plain connection/);
    const { clean, credentials } = readConnectionString(url, true);
    expect(credentials).toBeUndefined();
    expect(clean).toContain('tls=false');
    expect(clean).not.toContain('s3cret');
  });

  it('takes options as the client does, its own values first', () => {
    const { clean } = readConnectionString('esdb://h?tls=false&keep_alive-interval=10000&gossiptimeout=9');
    expect(clean).toContain('keepAliveInterval=10000');
    expect(clean).toContain('gossipTimeout=9');
    expect(clean).not.toContain('gossipTimeout=2');
  });

  it.each([
    'esdb://h:2113?tls=false&tlsVerifyCert=false',
    'esdb://a:1,b:2,c:3?Tls=false&nodePreference=Leader&keepAliveInterval=-1&keepAliveTimeout=-1',
    'esdb+discover://h?tls=false&discoveryInterval=50&defaultDeadline=5000&connectionName=ours&maxDiscoverAttempts=3',
  ])('takes what other clients of a plain server are given: %s', (url) => {
    const { clean } = readConnectionString(url);
    expect(clean).not.toContain('tlsVerifyCert');
    const warning = jest.spyOn(console, 'warn');
    expect(() => EventStoreDBClient.connectionString(clean)).not.toThrow();
    expect(warning).not.toHaveBeenCalled();
    warning.mockRestore();
  });

  it.each([
    ['another scheme', 'http://ops:s3cret@s3cret.example:2113'],
    ['no host', 'esdb://ops:s3cret@'],
    ['an @ that is not escaped', 'esdb://ops:s3@cret@s3cret.example:2113'],
    ['a wrong escape', 'esdb://ops:s3cret%zz@s3cret.example:2113'],
    ['a port that is none', 'esdb://ops:s3cret@s3cret.example:port'],
    ['a user alone', 'esdb://s3cret@s3cret.example:2113'],
    ['neither user nor password on a secure connection', 'esdb://s3cret.example:2113'],
    ['an unknown option', 'esdb://ops:s3cret@s3cret.example?tlsKAFile=s3cret'],
    ['an option that says nothing', 'esdb://ops:s3cret@s3cret.example?tls=s3cret'],
    ['verification switched off', 'esdb://ops:s3cret@s3cret.example?tlsVerifyCert=false'],
    ['reads from a follower', 'esdb://ops:s3cret@s3cret.example?nodePreference=follower'],
    ['failures that are not thrown', 'esdb://ops:s3cret@s3cret.example?throwOnAppendFailure=false'],
    ['real credentials over a plain connection', 'esdb://ops:s3cret@s3cret.example?tls=false'],
  ])('refuses %s with a sentence that quotes neither host, user nor password', (_case, url) => {
    const refusing = jest.spyOn(console, 'warn');
    let error: unknown;
    try {
      readConnectionString(url);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(BadConnectionString);
    expect((error as Error).message).toMatch(/^EVENTSTORE_URL /);
    expect((error as Error).message).not.toMatch(/s3|cret|ops|example/);
    expect(refusing).not.toHaveBeenCalled();
    refusing.mockRestore();
  });
});
