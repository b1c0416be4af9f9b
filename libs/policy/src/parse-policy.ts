import type { TSchema } from '@sinclair/typebox';
import { Value, ValueErrorType, type ValueError } from '@sinclair/typebox/value';
import '#fact/schema-kinds';
import { contradictions, type PolicyError } from './contradictions.ts';
import { Policy } from './policy.ts';

export type ParsedPolicy = { readonly policy: Policy } | { readonly errors: readonly PolicyError[] };

/** Validates a policy document whole (docs/domain.md §8): its text, or what was parsed from it. Answers every error, not the first. */
export const parsePolicy = (document: unknown): ParsedPolicy => {
  let value = document;
  if (typeof document === 'string') {
    try {
      value = JSON.parse(document) as unknown;
    } catch (error) {
      return { errors: [{ pointer: '#', detail: `This is not JSON: ${(error as Error).message}.` }] };
    }
  }
  const errors = onePerPlace([...Value.Errors(Policy, value)]);
  if (errors.length > 0) return { errors };
  const policy = value as Policy;
  const contradicting = contradictions(policy);
  return contradicting.length > 0 ? { errors: contradicting } : { policy };
};

/** The first error of a place says it; what follows from it there only confuses. */
const onePerPlace = (errors: readonly ValueError[]): PolicyError[] => {
  const places = new Map<string, PolicyError>();
  for (const error of errors) {
    const pointer = `#${error.path}`;
    if (!places.has(pointer)) places.set(pointer, { pointer, detail: sentence(error) });
  }
  return [...places.values()];
};

const sentence = ({ type, schema, message }: ValueError): string => SENTENCES[type]?.(schema) ?? `${message}.`;

const SENTENCES: Partial<Record<ValueErrorType, (schema: TSchema) => string>> = {
  [ValueErrorType.ObjectRequiredProperty]: () => 'This is required.',
  [ValueErrorType.ObjectAdditionalProperties]: () => 'A policy has no such member.',
  [ValueErrorType.StringPattern]: (schema) => `This must match ${String(schema['pattern'])}.`,
  [ValueErrorType.StringFormat]: (schema) => `This must be a real ${String(schema['format'])}.`,
  [ValueErrorType.Union]: (schema) => `This must be ${(schema['anyOf'] as TSchema[]).map(kindOf).join(' or ')}.`,
  [ValueErrorType.Kind]: (schema) => `This must be one of ${(schema['enum'] as string[]).join(', ')}.`,
};

const kindOf = (schema: TSchema): string => String(schema['type'] === 'array' ? 'a list' : schema['type']);
