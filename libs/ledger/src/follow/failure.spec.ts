import { runInNewContext } from 'node:vm';
import { KeyError } from '#privacy/vault';
import { UnknownFact } from '../stream/codec.ts';
import { ForeignPosition, OutcomeUnknown, StoreUnavailable } from '../stream/port.ts';
import { FollowerStopped, TryAgain, failureOf, nameOf, noWaitingMends, whereOf } from './failure.ts';

const withCode = (code: string, message = 'x', more = {}): Error =>
  Object.assign(new Error(message), { code, ...more });

/** A grant, a disk, a login, a server that is not what it was: all facts would meet them alike. */
const AROUND_THE_FACT = [
  ...['08006', '25006', '25P03', '26000', '28000', '28P01', '0A000', '3D000', '3F000', '40001', '40P01', '42501'],
  ...['42P01', '53300', '55000', '55P03', '57000', '57014', '57P01', '58000', '58030', '58P01', 'F0000', 'XX000'],
  ...['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENETRESET', 'EPROTO', 'ENOTFOUND'],
  ...['EAI_AGAIN', 'EAI_FAIL', 'CERT_HAS_EXPIRED', 'SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER'],
].map((code) => [code, withCode(code)] as const);

/** What PostgreSQL says of the values themselves, or of an error that the projection swallowed. */
const OF_THE_FACT = ['21000', '22001', '22P02', '22P05', '23505', '23514', '25P02', '44000', '54000', '54001', 'P0001'];

describe('an error while following', () => {
  it.each(AROUND_THE_FACT)('passes: %s', (_code, error) => expect(failureOf(error)).toBe('transient'));

  it.each([
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Query read timeout'),
    new Error('The server does not support SSL connections'),
    new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
    withCode('UNKNOWN', 'x', { syscall: 'connect' }),
    new TryAgain('the broker is away'),
    new StoreUnavailable('x'),
    new OutcomeUnknown('x'),
    new KeyError('k', 'is missing'),
    new Error('wrapped', { cause: withCode('40001') }),
    new AggregateError([withCode('ECONNREFUSED')]),
  ])('passes: %p', (error) => expect(failureOf(error)).toBe('transient'));

  it.each(OF_THE_FACT)('does not pass: %s', (code) => expect(failureOf(withCode(code))).toBe('poison'));

  it.each([
    new TypeError('x'),
    withCode('ERR_INVALID_ARG_TYPE'),
    withCode('Z_DATA_ERROR', 'x', { errno: -3 }),
    withCode('refused-by-store'),
    new Error('not found', { cause: withCode('23505') }),
    new ForeignPosition('other-epoch', 'x'),
    new Error('the customer said: Connection terminated'),
    'a string',
    undefined,
    null,
  ])('does not pass: %p', (error) => expect(failureOf(error)).toBe('poison'));

  it('of an unknown type or shape is never transient, whatever it is wrapped in', () => {
    expect(failureOf(new UnknownFact('x'))).toBe('unknown-fact');
    expect(failureOf(new TryAgain('x', { cause: new UnknownFact('y') }))).toBe('unknown-fact');
  });
});

describe('an error before which no fact stands', () => {
  it.each([
    new UnknownFact('x'),
    new ForeignPosition('other-epoch', 'x'),
    new FollowerStopped('s', 'UnknownFact'),
    new Error('wrapped', { cause: new UnknownFact('x') }),
  ])('ends following: %p', (error) => expect(noWaitingMends(error)).toBe(true));

  it.each([new TypeError('x'), withCode('23505'), withCode('EMFILE'), new KeyError('k', 'is missing'), 'a string'])(
    'is waited for: %p',
    (error) => expect(noWaitingMends(error)).toBe(false),
  );
});

describe('an error that is stored or logged', () => {
  class SoupError extends Error {}

  it('shows its class and code', () => {
    expect(nameOf(withCode('23505'))).toBe('Error 23505');
    expect(nameOf(new SoupError('x'))).toBe('SoupError');
    expect(nameOf(new TryAgain('x'))).toBe('TryAgain');
  });

  it('is named also when it comes from another realm', () =>
    expect(nameOf(runInNewContext(`Object.assign(new RangeError('x'), { code: 'E1' })`))).toBe('RangeError E1'));

  it('shows no message, and no code or class that is none', () => {
    expect(nameOf(withCode('Anna Smith, 12 Elm Street'))).toBe('Error');
    expect(nameOf(Object.assign(new Error('x'), { name: 'Anna Smith says' }))).toBe('Error');
    expect(nameOf('Anna Smith')).toBe('not an Error');
  });

  it('shows where it was thrown, without a line of the message', () => {
    const error = new SoupError('Anna Smith wrote:\n    at Elm Street (12:1:2)\nthe end');
    const where = whereOf(error);
    expect(where.length).toBeGreaterThan(0);
    expect(where[0]).toContain('failure.spec');
    expect(where.join()).not.toContain('Elm');
  });
});
