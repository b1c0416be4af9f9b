import { applyDecorators } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { TSchema } from '@sinclair/typebox';
import { WRITTEN } from './answers.ts';

/** What every door that writes says of itself to the OpenAPI document. */
export const Writes = (summary: string, answer: TSchema = WRITTEN): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({
      status: 201,
      description: 'Recorded, now or earlier under the same Idempotency-Key.',
      schema: answer,
    }),
    ApiResponse({ status: 200, description: 'It was already so: nothing was recorded.', schema: answer }),
  );

/** The same for doors that read. */
export const Reads = (summary: string, answer: TSchema): MethodDecorator =>
  applyDecorators(ApiOperation({ summary }), ApiResponse({ status: 200, description: 'As it is.', schema: answer }));
