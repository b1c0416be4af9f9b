import { PROBLEMS, type ProblemCode } from './problem-table.ts';

/** One place in a body that does not fit. */
export interface BodyError {
  /** JSON pointer as a URI fragment: `#/issues/0/severity`. */
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface ProblemOptions {
  /** One sentence about this occurrence. Never echoes values. */
  readonly detail?: string;
  /** Members beside the standard ones: `errors`, `missing`, `revision` … */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A "no" on its way out of the door. Throw it anywhere in a door; it is answered as RFC 9457 says. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly detail: string | undefined;
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ProblemCode,
    options: ProblemOptions = {},
  ) {
    super(code, 'cause' in options ? { cause: options.cause } : undefined);
    this.status = PROBLEMS[code].status;
    this.detail = options.detail;
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
  }
}

/** The body does not fit, in these places. At most 100 are told. */
export const invalidBody = (errors: readonly BodyError[]): Problem =>
  new Problem('invalid-body', {
    detail: errors.length === 1 ? errors[0]!.detail : `${errors.length} members are invalid.`,
    members: { errors: errors.slice(0, 100) },
  });

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** The document of a problem. NOTE: published (RFC 9457). */
export const problemDocument = (
  problem: Problem,
  { publicUrl, correlationId }: { publicUrl?: string; correlationId: string },
): Record<string, unknown> => {
  const standard = {
    type: `${publicUrl ?? ''}/problems/${problem.code}`,
    title: PROBLEMS[problem.code].title,
    status: problem.status,
    detail: problem.detail ?? PROBLEMS[problem.code].means,
    instance: `urn:uuid:${correlationId}`,
    code: problem.code,
  };
  // Standard members come first, and no member of a refusal can take their place.
  return { ...standard, ...problem.members, ...standard };
};
