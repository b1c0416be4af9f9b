import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

/** NOTE: Nest's name for what its parameter decorators note; 4 is the query. A spec fails when that changes. */
const ROUTE_ARGUMENTS = '__routeArguments__';
const QUERY = '4';

/**
 * Refuses query parameters that a door does not name, and repeated ones: a mistyped filter would otherwise answer with
 * everything. A door that takes a whole class of parameters leaves unknown ones to the validation.
 */
@Injectable()
export class KnownParameters implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const query = (context.switchToHttp().getRequest<FastifyRequest>().query ?? {}) as Record<string, unknown>;
    const given = Object.entries(query);
    if (given.length === 0) return true;
    const known = namesTaken(context);
    for (const [name, value] of given) {
      if (known !== 'a class' && !known.includes(name)) throw invalidParameter('Unknown query parameter.');
      if (['__proto__', 'constructor', 'prototype'].includes(name)) throw invalidParameter('Unknown query parameter.');
      if (typeof value !== 'string') throw invalidParameter('A query parameter is given twice.');
      if (value.includes('\0') || !value.isWellFormed())
        throw invalidParameter('A query parameter holds what is no text.');
    }
    return true;
  }
}

const namesTaken = (context: ExecutionContext): readonly string[] | 'a class' => {
  const taken = Reflect.getMetadata(ROUTE_ARGUMENTS, context.getClass(), context.getHandler().name) as
    Record<string, { data?: unknown }> | undefined;
  const names = Object.entries(taken ?? {})
    .filter(([kind]) => kind.split(':')[0] === QUERY)
    .map(([, { data }]) => data);
  return names.every((name) => typeof name === 'string') ? names : 'a class';
};

const invalidParameter = (detail: string): Problem => new Problem('invalid-parameter', { detail });
