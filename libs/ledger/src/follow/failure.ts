import { types } from 'node:util';
import { KeyError } from '#privacy/vault';
import { UnknownFact } from '../stream/codec.ts';
import { ForeignPosition, OutcomeUnknown, StoreUnavailable } from '../stream/port.ts';

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
 * What to do about an error. `transient`: the surroundings' fault; the same batch again, for as long as it takes.
 * `unknown-fact`: this program is too old for the ledger and must stop. `poison`: this fact cannot be applied.
 */
export type Failure = 'transient' | 'unknown-fact' | 'poison';

export const failureOf = (error: unknown): Failure => {
  const chain = causesOf(error);
  if (chain.some((cause) => cause instanceof UnknownFact)) return 'unknown-fact';
  return chain.some(isTransient) ? 'transient' : 'poison';
};

/**
 * While a follower waits for its turn, or asks where it stands, it is before no fact: nothing can be a fact's fault, and
 * all is waited for, but what only another program or another checkpoint can mend.
 */
export const noWaitingMends = (error: unknown): boolean =>
  causesOf(error).some(
    (cause) => cause instanceof UnknownFact || cause instanceof ForeignPosition || cause instanceof FollowerStopped,
  );

/** The codes of PostgreSQL, by the classes that it has. */
const SQLSTATE = /^[0-9FHPX][0-9A-Z]{4}$/;
/**
 * What PostgreSQL says about the values it was given: cardinality, data, constraints, check options, triggers, program
 * limits (a value too long for its index, too deep to be parsed), what PL/pgSQL raises; and 25P02, behind an error that
 * somebody swallowed. Everything else is trouble around the fact (a grant, a disk, a table that is not there yet), which
 * all facts would meet alike.
 */
const ABOUT_DATA = /^(20|21|22|23|27|44|54|P0|25P02)/;
/** Codes of the operating system and of name look-ups, not those of Node.js (`ERR_…`). */
const SYSTEM_CODE = /^E(AI_)?[A-Z0-9]+$/;
/** Of a connection that Node.js could not make, or lost: TLS, certificates, sockets. */
const CONNECTION_CODE =
  /^(ERR_(TLS|SSL|SOCKET)_|ERR_STREAM_(DESTROYED|PREMATURE_CLOSE|WRITE_AFTER_END)$|CERT_|CRL_|UNABLE_TO_|ERROR_IN_C|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(CA|PURPOSE)$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$)/;
/** What `pg` says of a lost or unobtainable connection; these errors carry no code. */
const CONNECTION_WORDS =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed and is not queryable|Query read timeout|The server does not support SSL connections|There was an error establishing an SSL connection|SASL[: ]|Received unexpected \w+ message from backend|Cannot use a pool after calling end)/;

/** Also one that was made in another realm (worker, vm). */
const isError = (error: unknown): error is Error => error instanceof Error || types.isNativeError(error);

const isTransient = (error: unknown): boolean => {
  if (error instanceof TryAgain || error instanceof StoreUnavailable || error instanceof OutcomeUnknown) return true;
  // A key that is missing or does not unwrap is an alarm about keys, not about a fact: parking would hide it, and a
  // program with the wrong master key would park the whole ledger.
  if (error instanceof KeyError) return true;
  if (!isError(error)) return false;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  if (typeof syscall === 'string') return true;
  if (typeof code !== 'string') return CONNECTION_WORDS.test(error.message);
  if (SQLSTATE.test(code)) return !ABOUT_DATA.test(code);
  return SYSTEM_CODE.test(code) || CONNECTION_CODE.test(code) || CONNECTION_WORDS.test(error.message);
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
