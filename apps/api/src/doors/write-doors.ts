import { Body, Controller, Param, Req, Res, type Type } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '#desk/caller';
import type { Chapter, CommandDescription } from '#desk/commands/command-description';
import { answerWritten } from '../answer.ts';
import { CallerOf } from '../caller-of.ts';
import { Refuses } from '../openapi/refuses.ts';
import { Writes } from './door.ts';
import { languagesIn } from '../negotiation.ts';

/** The doors of a chapter's commands, made from their descriptions: real controllers, as if they had been written by hand. */
export const writeDoors = ({ tag, commands }: Chapter): Type[] =>
  commands.map(({ description }) => writeDoor(tag, description));

const writeDoor = (tag: string, description: CommandDescription): Type => {
  @ApiTags(tag)
  @Controller()
  class WriteDoors {
    constructor(readonly commands: CommandBus) {}
  }
  const [room, name] = description.operation.split('.') as [string, string];
  Object.defineProperty(WriteDoors, 'name', { value: `${room}Doors` });

  const { parameters, varies } = description;
  const write = async function (
    this: WriteDoors,
    body: object,
    caller: Caller,
    request: FastifyRequest,
    reply: FastifyReply,
    ...within: readonly string[]
  ): Promise<object> {
    if (varies) reply.header('vary', varies);
    const command = description.command(
      within,
      body as never,
      caller,
      varies === 'Accept-Language' ? languagesIn(request) : [],
    );
    return answerWritten(reply, await this.commands.execute(command));
  };
  Object.defineProperty(write, 'name', { value: name });
  const prototype = WriteDoors.prototype as object;
  const method: PropertyDescriptor = { value: write, writable: true, configurable: true };
  Object.defineProperty(prototype, name, method);

  Body()(prototype, name, 0);
  // Asked for as a parameter: what is wrong with a header is told before what is wrong with the body.
  CallerOf()(prototype, name, 1);
  Req()(prototype, name, 2);
  Res({ passthrough: true })(prototype, name, 3);
  for (const [index, one] of parameters.entries()) Param(one)(prototype, name, index + 4);
  // What the compiler would have written: the pipe validates by it, and the document shows it.
  const types = [description.body, Object, Object, Object, ...parameters.map(() => String)];
  Reflect.defineMetadata('design:paramtypes', types, prototype, name);
  Writes(description, description.answer)(prototype, name, method);
  Refuses(...description.refusals)(prototype, name, method);
  return WriteDoors;
};
