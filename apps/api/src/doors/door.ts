import { applyDecorators, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { TSchema } from '@sinclair/typebox';
import type { DoorDescription } from '#desk/roles';
import { WRITTEN } from '#desk/commands/answers';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route tells of itself; what lies below `/v1` must have one. */
    door?: DoorDescription;
  }
}

const DOOR = Symbol('what a door tells of itself');

/**
 * A route below `/v1`, by its description: where it is, who may go through it (role-guard.ts), and what the OpenAPI
 * document and docs/routes.md say of it. Its controller has no path of its own.
 */
export const Door = (description: DoorDescription): MethodDecorator =>
  applyDecorators(
    RequestMapping({ path: `/${description.path}`, method: RequestMethod[description.method] }),
    RouteConfig({ door: description }),
    SetMetadata(DOOR, description),
    ApiOperation({ summary: description.summary }),
  );

/** The description of a controller's method; undefined: it has none. */
export const doorOf = (handler: object): DoorDescription | undefined =>
  Reflect.getMetadata(DOOR, handler) as DoorDescription | undefined;

type Described = Omit<DoorDescription, 'method'>;

/** A door that writes. */
export const Writes = (description: Described, answer: TSchema = WRITTEN): MethodDecorator =>
  applyDecorators(
    Door({ method: 'POST', ...description }),
    ApiResponse({
      status: 201,
      description: 'Recorded, now or earlier under the same Idempotency-Key.',
      schema: answer,
    }),
    ApiResponse({ status: 200, description: 'It was already so: nothing was recorded.', schema: answer }),
  );
