import { runInNewContext } from 'node:vm';
import { KeyTrouble } from '../../../privacy/src/vault.ts';
import { UnknownFact } from '../codec.ts';
import { ForeignPosition, OutcomeUnknown, StoreUnavailable } from '../port.ts';
import { TryAgain, failureOf, nameOf, whereOf } from './failure.ts';

const withCode = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });

describe('an error while following', () => {
  it.each([
    withCode('40001'),
    withCode('40P01'),
    withCode('08006'),
    withCode('53300'),
    withCode('57P01'),
    withCode('57014'),
    withCode('25P03'),
    withCode('55P03'),
    withCode('ECONNRESET'),
    withCode('ECONNREFUSED'),
    withCode('EAI_AGAIN'),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
    new Error('Query read timeout'),
    new TryAgain('the broker is away'),
    new StoreUnavailable('x'),
    new OutcomeUnknown('x'),
    new KeyTrouble('k', 'is missing'),
    new Error('wrapped', { cause: withCode('40001') }),
    new AggregateError([withCode('ECONNREFUSED')]),
  ])('passes: %p', (error) => expect(failureOf(error)).toBe('transient'));

  it.each([
    new TypeError('x'),
    withCode('23505'),
    withCode('22P02'),
    withCode('25P02'),
    withCode('42P01'),
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
