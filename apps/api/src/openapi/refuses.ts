import { ApiExtension } from '@nestjs/swagger';
import type { ProblemCode } from '../problem-table.ts';

/** NOTE: published in the OpenAPI document. */
export const REFUSES = 'x-problems';

/** Says which problems a door can give, beside those that every door of its kind can. */
export const Refuses = (...codes: readonly ProblemCode[]): MethodDecorator => ApiExtension(REFUSES, codes);
