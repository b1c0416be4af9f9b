import { types } from 'node:util';
import { KeyTrouble } from '../../../privacy/src/vault.ts';
import { UnknownFact } from '../codec.ts';
import { OutcomeUnknown, StoreUnavailable } from '../port.ts';

/** Thrown by a follower's `apply` when something outside is away (a broker, a door): not the fact's fault, ask again. */
export class TryAgain extends Error {
  override readonly name: string = 'TryAgain';
}

/**
 * The follower stands before a fact that it may not pass over. It stays stopped until it is started anew.
 * It carries no cause: whoever logs it would print the cause's message, which may quote a person's words.
 */
export class FollowerStopped extends Error {
  override readonly name = 'FollowerStopped';

  constructor(
    readonly subscription: string,
    /** A class and a code. */
    readonly reason: string,
  ) {
    super(`${subscription} stopped: ${reason}`);
  }
}

/**
 * What to do about an error. `transient`: the same batch again, for as long as it takes. `unknown-fact`: this program
 * is too old for the ledger and must stop. `poison`: this fact cannot be applied.
 */
export type Failure = 'transient' | 'unknown-fact' | 'poison';

export const failureOf = (error: unknown): Failure => {
  const chain = causesOf(error);
  if (chain.some((cause) => cause instanceof UnknownFact)) return 'unknown-fact';
  return chain.some(isTransient) ? 'transient' : 'poison';
};

/** SQLSTATEs that pass: lost connections, serialisation, deadlock, resources, time limits, shutdown, a fail-over. */
const PASSING_STATES = /^(08...|40001|40P01|53...|55P03|57014|57P0[1-5]|25P0[34]|25006)$/;
const PASSING_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
]);
/** What `pg` says of a lost or unobtainable connection; these errors carry no code. */
const PASSING_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed and is not queryable|Query read timeout)/;

/** Also one that was made in another realm (worker, vm). */
const isError = (error: unknown): error is Error => error instanceof Error || types.isNativeError(error);

const isTransient = (error: unknown): boolean => {
  if (error instanceof TryAgain || error instanceof StoreUnavailable || error instanceof OutcomeUnknown) return true;
  // A key that is missing or does not unwrap is an alarm about keys, not about a fact: parking would hide it, and a
  // program with the wrong master key would park the whole ledger.
  if (error instanceof KeyTrouble) return true;
  if (!isError(error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && (PASSING_STATES.test(code) || PASSING_CODES.has(code))) return true;
  return PASSING_WORDS.test(error.message);
};

const causesOf = (error: unknown): unknown[] => {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && chain.length < 10; at = isError(at) ? at.cause : undefined) {
    chain.push(at);
    if (at instanceof AggregateError) chain.push(...(at.errors as unknown[]));
  }
  return chain;
};

/**
 * An error as it may be stored and logged: its class, and its code when it has one. Never its message, which may quote
 * a person's words.
 */
export const nameOf = (error: unknown): string => {
  if (!isError(error)) return 'not an Error';
  const { code } = error as { code?: unknown };
  const parts = [error.name === 'Error' ? error.constructor.name : error.name, code];
  return (
    parts
      .filter((part): part is string => typeof part === 'string' && /^[A-Za-z0-9_$.-]{1,64}$/.test(part))
      .join(' ') || 'Error'
  );
};

/** Where it was thrown: the stack's frames, without the message that stands above them. */
export const whereOf = (error: unknown): string[] => {
  if (!isError(error) || error.stack === undefined) return [];
  const at = error.message === '' ? -1 : error.stack.indexOf(error.message);
  return error.stack
    .slice(at < 0 ? 0 : at + error.message.length)
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
    .slice(0, 5)
    .map((line) => line.trim());
};
