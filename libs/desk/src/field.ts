import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';

/** How a field of a body is made: what it may be, said once to the door and to the OpenAPI document. */

export interface Said {
  /** What it is, for the document. */
  readonly means?: string;
  readonly example?: unknown;
  /** It may stay away. `null` is not staying away. */
  readonly optional?: true;
}

/** One demand on a value that is there: the code of the problem, a sentence, and the test. NOTE: codes are published. */
export type Demand = readonly [
  code:
    | 'wrong-type'
    | 'wrong-form'
    | 'blank'
    | 'unstorable'
    | 'too-long'
    | 'too-many'
    | 'too-few'
    | 'not-unique'
    | 'unknown-value'
    | 'out-of-range',
  detail: string,
  test: (value: never) => boolean,
];

export const field = (
  { means, example, optional }: Said,
  schema: object,
  demands: readonly Demand[],
  ...more: readonly PropertyDecorator[]
): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      ...schema,
      required: !optional,
      ...(means !== undefined && { description: means }),
      ...(example !== undefined && { example }),
    }),
    ...(optional ? [] : [demanded(['required', 'This field is required.', (value) => value !== undefined])]),
    // A demand may rely on those before it; the first one that is not met is the one that is told.
    ...demands.map(([code, detail, test], index) =>
      demanded([
        code,
        detail,
        (value) =>
          value === undefined ||
          !demands.slice(0, index).every(([, , before]) => before(value as never)) ||
          test(value as never),
      ]),
    ),
    ...more,
  );

const demanded = ([name, detail, validate]: readonly [
  string,
  string,
  (value: unknown) => boolean,
]): PropertyDecorator => ValidateBy({ name, validator: { validate, defaultMessage: () => detail } });
