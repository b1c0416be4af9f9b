import { Body, Controller, Param, Query, Res } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiProperty, ApiResponse } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { answerWritten } from '#api/answer';
import { CallerOf } from '#api/caller-of';
import { createApi } from '#api/create-api';
import { Door } from '#api/doors/door';
import { Refuses } from '#api/openapi/refuses';
import { makeLog } from '#program/log';
import { parameter } from '#api/parameters';
import { byCode, byInstant, limitTo } from '#desk/queries/parameters';
import type { ApiDependencies } from '#api/api-dependencies';
import type { Caller } from '#desk/caller';
import { STAFF } from '#desk/roles';
import type { Written } from '#desk/written';
import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';

/** A door without a desk: what it is told to say, it says. For specs of the manners, where the rules don't matter. */

class TinyIssue {
  @IsString() @MaxLength(64) @ApiProperty() category!: string;
  @IsOptional() @IsIn(['minor', 'costly', 'grave']) @ApiProperty({ required: false }) severity?: string;
}

class TinyBody {
  @IsString() @MaxLength(65_536) @ApiProperty() words!: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(5)
  @ValidateNested({ each: true })
  @Type(() => TinyIssue)
  @ApiProperty({ required: false, type: [TinyIssue] })
  issues?: TinyIssue[];
}

class TinyFilters {
  @IsOptional() @IsString() @MaxLength(10) @ApiProperty({ required: false }) handler?: string;
}

const WRITTEN = {
  type: 'object',
  required: ['id', 'revision', 'position', 'facts'],
  properties: {
    id: { type: 'string' },
    revision: { type: 'integer' },
    position: { type: ['string', 'null'] },
    facts: { type: 'array' },
  },
} as object;

export interface Tiny {
  readonly app: NestFastifyApplication;
  readonly store: InMemoryEventStore;
  readonly callers: Caller[];
  /** What the next request meets. */
  next: () => Promise<Written> | Written;
}

export const recordedOnce: Written = {
  kind: 'written',
  id: 'tiny-1',
  revision: 0,
  position: 'story.00000000000000000001',
  facts: [{ id: '00000000-0000-7000-8000-000000000001', type: 'ComplaintReceived' }],
  location: '/v1/tiny/tiny-1',
  members: { reference: 'R7K-4M2-9' },
};

export const tinyApi = async (parts: Partial<ApiDependencies> = {}): Promise<Tiny> => {
  const store = (parts.store ?? new InMemoryEventStore()) as InMemoryEventStore;
  const tiny = { store, callers: [], next: () => recordedOnce } as unknown as {
    -readonly [Key in keyof Tiny]: Tiny[Key];
  };

  @Controller()
  class TinyDoors {
    @Door({ method: 'POST', path: 'v1/tiny', summary: 'Receive.', roles: STAFF })
    @Refuses('not-ready-to-close')
    @ApiResponse({ status: 201, description: 'Recorded.', schema: WRITTEN })
    @ApiResponse({ status: 200, description: 'It was so.', schema: WRITTEN })
    async receive(
      @Body() _body: TinyBody,
      @CallerOf() caller: Caller,
      @Res({ passthrough: true }) reply: FastifyReply,
    ) {
      tiny.callers.push(caller);
      return answerWritten(reply, await tiny.next());
    }

    @Door({ method: 'GET', path: 'v1/tiny', summary: 'A list.', roles: STAFF })
    @ApiResponse({
      status: 200,
      description: 'A list.',
      schema: { type: 'object', required: ['limit'], properties: { limit: { type: 'integer' } } },
    })
    list(
      @parameter('limit', limitTo()) limit: number,
      @parameter('category', byCode('A category.')) category: string | undefined,
      @parameter('at', byInstant('When.')) at: string | undefined,
    ) {
      return { limit, category, at };
    }

    @Door({ method: 'GET', path: 'v1/tiny/by-class', summary: 'By a class.', roles: STAFF })
    byClass(@Query() filters: TinyFilters) {
      return filters;
    }

    @Door({ method: 'GET', path: 'v1/tiny/:id', summary: 'One.', roles: STAFF })
    @ApiResponse({
      status: 200,
      description: 'One.',
      schema: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
    })
    async one(@Param('id') id: string) {
      await tiny.next();
      return { id };
    }
  }

  tiny.app = await createApi({
    settings: { organisation: 'local', openAccess: false, allowedHosts: [] },
    vault: { open: async (value) => value },
    log: makeLog('silent'),
    ...parts,
    store,
    controllers: [TinyDoors, ...(parts.controllers ?? [])],
  });
  return tiny;
};
