import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { pointerOf } from '#fact/json-pointer';
import { invalidBody, Problem, type BodyError } from './problem.ts';

/**
 * Bodies and parameter classes, checked by their class-validator decorators: nothing unknown, nothing converted, nothing
 * echoed. Nest's own default lets classes without decorators through (`forbidUnknownValues`), so that is said here.
 */
export class BodyValidation extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      transformOptions: { enableImplicitConversion: false },
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => new BodyViolations(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // Single parameters are read by their own pipes; Nest would convert them first, by their declared type.
    if (metadata.data !== undefined && metadata.type !== 'body') return value;
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof BodyViolations)) throw error;
      if (metadata.type === 'body') throw problemOf(bodyErrorsIn(error.errors, value));
      throw new Problem('invalid-parameter', parameterIn(error.errors));
    }
  }
}

/** Setting a rule aside without a word has a code of its own (docs/api.md): whoever asks for it must know what is wanted. */
const problemOf = (errors: readonly BodyError[]): Problem =>
  errors.every(({ pointer, code }) => pointer === '#/override/reason' && ['required', 'blank'].includes(code))
    ? new Problem('override-needs-reason', { members: { errors } })
    : invalidBody(errors);

class BodyViolations extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('misfits');
  }
}

/** The places that do not fit, one error each: what is wrong with its type comes before what is wrong with its value. */
export const bodyErrorsIn = (
  errors: readonly ValidationError[],
  body: unknown,
  path: readonly string[] = [],
): BodyError[] =>
  errors.flatMap((error) => {
    const at = error.property === undefined ? path : [...path, error.property];
    const constraint = gravest(Object.entries(error.constraints ?? {}));
    // What is wrong as a whole is not looked into.
    if (!constraint) return bodyErrorsIn(error.children ?? [], body, at);
    const missing = valueAt(body, at) === undefined && constraint[0] !== 'whitelistValidation';
    const [code, detail] = missing ? ['required', 'This field is required.'] : saidOf(constraint);
    return [{ pointer: pointerOf(at), code, detail }];
  });

/** What class-validator calls a rule, and what a client may rely on. NOTE: published; what is missing here is its name in kebab case. */
const CODES: Readonly<Record<string, string>> = {
  whitelistValidation: 'unknown-field',
  unknownValue: 'wrong-type',
  nestedValidation: 'wrong-type',
  isDefined: 'required',
  isNotEmpty: 'required',
  isString: 'wrong-type',
  isBoolean: 'wrong-type',
  isInt: 'wrong-type',
  isNumber: 'wrong-type',
  isArray: 'wrong-type',
  isObject: 'wrong-type',
  maxLength: 'too-long',
  isLength: 'wrong-length',
  minLength: 'too-short',
  arrayMaxSize: 'too-many',
  arrayMinSize: 'too-few',
  arrayNotEmpty: 'too-few',
  arrayUnique: 'not-unique',
  min: 'out-of-range',
  max: 'out-of-range',
  isIn: 'unknown-value',
  isEnum: 'unknown-value',
  matches: 'wrong-form',
  isUuid: 'wrong-form',
  equals: 'wrong-value',
};

const gravest = (constraints: readonly (readonly [string, string])[]): readonly [string, string] | undefined =>
  constraints.find(([name]) =>
    ['whitelistValidation', 'wrong-type', 'required'].some((grave) => grave === name || grave === CODES[name]),
  ) ?? constraints[0];

const saidOf = ([name, message]: readonly [string, string]): [string, string] => [
  CODES[name] ?? name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase(),
  name === 'whitelistValidation' ? 'This field is not known here.' : message,
];

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, name)
        ? (at as Record<string, unknown>)[name]
        : undefined,
    value,
  );

const parameterIn = (errors: readonly ValidationError[]): { detail: string; members?: Record<string, unknown> } => {
  const first = errors[0];
  const unknown = first?.constraints?.['whitelistValidation'] !== undefined;
  if (!first || unknown) return { detail: 'Unknown query parameter.' };
  return {
    detail: saidOf(gravest(Object.entries(first.constraints ?? {})) ?? ['', 'Invalid value.'])[1],
    members: { parameter: first.property },
  };
};
