import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import { nameOf, whereOf } from '../../../libs/ledger/src/follow/failure.ts';

/** Structured lines for machines. Codes, ids, counts and route patterns only: no body, query, header value or raw path. */
export const makeLog = (level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: { service: 'redress' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // An error's message may quote a person's words: whoever logs the error itself logs its class, code and place.
      serializers: { err: nameIn, error: nameIn },
      hooks: {
        logMethod(given, method) {
          const [first, ...rest] = given as unknown[];
          const told =
            first instanceof Error
              ? [{ error: nameOf(first), where: whereOf(first) }, ...(rest.length > 0 ? rest : ['failed'])]
              : given;
          method.apply(this, told as Parameters<typeof method>);
        },
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );

const nameIn = (error: unknown): unknown => (typeof error === 'string' ? error : nameOf(error));

/** Nest's own lines, by way of the same log. What it says while it starts is for those who look for it. */
export class NestLog implements LoggerService {
  constructor(private readonly to: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.to.debug(contextIn(rest), String(message));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.to.warn(contextIn(rest), textOf(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.to.error(contextIn(rest), textOf(message));
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.to.fatal(contextIn(rest), textOf(message));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.to.debug(contextIn(rest), textOf(message));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.to.trace(contextIn(rest), textOf(message));
  }
}

/** Nest hands the context last; stacks and parameters before it are left out. */
const contextIn = (rest: readonly unknown[]): { context?: string } => {
  const last = rest.at(-1);
  return typeof last === 'string' && /^[\w$]{1,64}$/.test(last) ? { context: last } : {};
};

const textOf = (message: unknown): string => (typeof message === 'string' ? message : 'something that is no text');
