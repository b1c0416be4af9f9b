import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Vault } from '#privacy/vault';

/** What every answer needs to know of this deployment. Hung on the Fastify instance once, at the start. */
export interface RequestContext {
  /** Without a trailing slash; absent: links are paths. */
  readonly publicUrl?: string;
  readonly vault: Pick<Vault, 'open'>;
  readonly log: Logger;
}

declare module 'fastify' {
  interface FastifyInstance {
    requestContext: RequestContext;
  }
  interface FastifyRequest {
    /** The request's Correlation-Id, else minted; also the problem's `instance` and in the log. */
    correlationId: string;
    /** The code of the problem that was answered, for the log. */
    problemCode: string | undefined;
  }
}

export const requestContextOf = (within: FastifyReply | FastifyRequest): RequestContext => within.server.requestContext;
