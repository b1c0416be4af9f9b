import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

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
