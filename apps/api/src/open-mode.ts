import type { IncomingMessage } from 'node:http';
import { foreignIn } from '#program/foreign-page';
import { Problem } from './problem.ts';

/** The guards of the open mode, for every route: names, origins and the content type keep foreign web pages out. */
export interface OpenMode {
  /** Names besides those of this machine, lower-case, without port. */
  readonly allowedHosts: readonly string[];
}

/** Refuses a request that a foreign web page may have caused; undefined: it may pass. */
export const refusalInOpenMode = (request: IncomingMessage, { allowedHosts }: OpenMode): Problem | undefined => {
  const foreign = foreignIn(request, allowedHosts);
  return foreign && new Problem(foreign);
};
