import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { actorIn } from './caller-headers.ts';
import { headersNamed } from '#program/headers-named';
import { pathOf } from './headers.ts';

/** Refuses who cannot act here, also for reads: who misspells a role hears it at once, not at the first command. */
@Injectable()
export class KnownActor implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { raw } = context.switchToHttp().getRequest<FastifyRequest>();
    if (pathOf(raw).startsWith('/v1/')) actorIn(headersNamed(raw, 'redress-actor'));
    return true;
  }
}
