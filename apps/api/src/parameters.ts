import { Query, type PipeTransform } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { Unreadable, type Parameter } from '#desk/queries/parameters';
import { Problem } from './problem.ts';
import { isProblemCode } from './problem-table.ts';

/** A parameter decorator for `name`. Throws invalid-parameter, which names it and never shows what was sent. */
export const parameter =
  <T>(name: string, form: Parameter<T>): ParameterDecorator =>
  (target, key, index) => {
    const pipe: PipeTransform<unknown, T | undefined> = { transform: (value) => readParameter(name, form, value) };
    Query(name, pipe)(target, key, index);
    const { description, schema, required = false } = form;
    ApiQuery({ name, required, description, schema })(target, key!, Object.getOwnPropertyDescriptor(target, key!)!);
  };

const readParameter = <T>(name: string, form: Parameter<T>, value: unknown): T | undefined => {
  if (value === undefined && form.required !== true) return form.otherwise;
  const read = typeof value === 'string' && value !== '' ? form.read(value) : undefined;
  if (read instanceof Unreadable && isProblemCode(read.code)) throw new Problem(read.code);
  if (read === undefined || read instanceof Unreadable)
    throw new Problem('invalid-parameter', {
      detail: `${name} must be ${form.mustBe}.`,
      members: { parameter: name },
    });
  return read;
};
