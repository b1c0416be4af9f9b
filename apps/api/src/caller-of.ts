import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '#desk/caller';
import type { AnyQuery, Reader } from '#desk/queries/query';
import { actorIn, idempotencyKeyIn, ifMatchIn, traceparentIn } from './caller-headers.ts';
import { headersNamed } from '#program/headers-named';
import { pathOf } from './headers.ts';
import { languagesIn } from './negotiation.ts';

/** Who asks, and under which conditions: what the request's headers say besides its body. Throws Problem. */
export const callerOf = (request: FastifyRequest): Caller => {
  const named = (name: string): readonly string[] => headersNamed(request.raw, name);
  const idempotencyKey = idempotencyKeyIn(named('idempotency-key'));
  const ifMatch = ifMatchIn(named('if-match'));
  const traceparent = traceparentIn(named('traceparent'));
  return {
    actor: actorIn(named('redress-actor')),
    method: request.method === 'HEAD' ? 'GET' : request.method,
    path: pathOf(request.raw),
    correlationId: request.correlationId,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...(traceparent !== undefined && { traceparent }),
  };
};

/** Gives a door the Caller. */
export const CallerOf = createParamDecorator((_: unknown, context: ExecutionContext): Caller =>
  callerOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Who reads. */
export const readerOf = (request: FastifyRequest, { varies }: Pick<AnyQuery, 'varies'>): Reader => ({
  actor: actorIn(headersNamed(request.raw, 'redress-actor')),
  correlationId: request.correlationId,
  languages: varies === 'Accept-Language' ? languagesIn(request) : [],
});
