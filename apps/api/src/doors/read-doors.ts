import { Controller, Param, Req, Res, type Type } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnyQuery } from '#desk/queries/query';
import { Read } from '#desk/queries/read';
import { answerFound } from '../answer.ts';
import { readerOf } from '../caller-of.ts';
import { Refuses } from '../openapi/refuses.ts';
import { parameter } from '../parameters.ts';
import type { ProblemCode } from '../problem-table.ts';
import { Door } from './door.ts';
import { found } from './found.ts';

/** The doors of reads, made from their descriptions: real controllers, as if they had been written by hand. */
export const readDoors = (reads: readonly AnyQuery[]): Type[] => reads.map(readDoor);

const readDoor = (read: AnyQuery): Type => {
  @ApiTags(read.tag)
  @Controller()
  class ReadDoors {
    constructor(readonly queries: QueryBus) {}
  }
  const [room, name = ''] = read.operation.split('.');
  Object.defineProperty(ReadDoors, 'name', { value: `${room}Doors` });

  const inPath = [...read.path.matchAll(/:([A-Za-z]+)/g)].map(([, one]) => one!);
  const names = [...inPath, ...Object.keys(read.parameters)];
  const answer = async function (
    this: ReadDoors,
    request: FastifyRequest,
    reply: FastifyReply,
    ...given: readonly unknown[]
  ): Promise<unknown> {
    const asked: Record<string, unknown> = {};
    for (const [index, value] of given.entries()) if (value !== undefined) asked[names[index]!] = value;
    const { value, revision } = found(
      await this.queries.execute(new Read(read as never, asked, readerOf(request, read))),
    );
    if (read.varies) reply.header('vary', read.varies);
    return answerFound(reply, value, revision);
  };
  const { prototype } = ReadDoors as { prototype: object };
  const method: PropertyDescriptor = { value: answer, writable: true, configurable: true };
  Object.defineProperty(prototype, name, method);
  Object.defineProperty(answer, 'name', { value: name });

  Req()(prototype, name, 0);
  Res({ passthrough: true })(prototype, name, 1);
  // The last one first, as TypeScript decorates parameters: the document lists them in that order.
  for (const [index, one] of [...names.entries()].reverse())
    (index < inPath.length ? Param(one) : parameter(one, read.parameters[one]!))(prototype, name, index + 2);
  const types = [Object, Object, ...inPath.map(() => String), ...Object.keys(read.parameters).map(() => Object)];
  Reflect.defineMetadata('design:paramtypes', types, prototype, name);
  const described: readonly MethodDecorator[] = [
    Door(read),
    ...(read.explained === undefined ? [] : [ApiOperation({ summary: read.summary, description: read.explained })]),
    ApiResponse({ status: 200, description: read.means ?? 'As it is.', schema: read.answer }),
    ...(read.refusals ? [Refuses(...(read.refusals as readonly ProblemCode[]))] : []),
  ];
  for (const decorate of described) decorate(prototype, name, method);
  return ReadDoors;
};
