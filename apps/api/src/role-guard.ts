import type { FastifyRequest } from 'fastify';
import type { DoorDescription } from '#desk/roles';
import { headersNamed } from '#program/headers-named';
import { actorIn } from './caller-headers.ts';
import { Problem } from './problem.ts';

/**
 * Refuses who may not go through a door by its role, before the body is read: whoever may not ask hears nothing of what
 * is wrong with the question. A route below `/v1` that does not say who may go through it lets nobody in.
 */
export const refusalOfRole = (request: FastifyRequest): Problem | undefined => {
  const { url, config } = request.routeOptions;
  if (request.is404 || !url?.startsWith('/v1/')) return undefined;
  const { door } = config;
  if (!door) throw new Error(`the route ${url} does not say who may go through it`);
  if (door.roles === 'open') return undefined;
  try {
    const { role } = actorIn(headersNamed(request.raw, 'redress-actor'));
    return door.roles.includes(role) ? undefined : roleNotAllowed(door.roles);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Who cannot be understood hears that after the form of the body, as ever (actor.guard.ts).
    return error.code === 'role-not-allowed' ? roleNotAllowed(door.roles) : undefined;
  }
};

const roleNotAllowed = (roles: Exclude<DoorDescription['roles'], 'open'>): Problem =>
  new Problem('role-not-allowed', {
    detail: `This is for the roles ${roles.join(', ')}.`,
    members: { roles },
  });
