import { REFUSALS, type RefusalCode } from '#nouns/refusals';

/** What a code of a problem means over HTTP. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and how to go on: the page at `/problems/{code}`. */
  readonly means: string;
}

/** The "no"s of the rules: their meaning stands with them, only the status is said here. */
const ruled = (code: RefusalCode, status: number, title: string): ProblemKind => ({
  status,
  title,
  means: REFUSALS[code],
});

/**
 * The one table of codes: what rules refuse and what the door refuses, each with its HTTP status.
 * NOTE: published. Clients are written against codes and statuses (docs/api.md); codes are only ever added.
 */
export const PROBLEMS = {
  // The rules.
  'apology-before-thanks': ruled('apology-before-thanks', 409, 'An apology must come after the thanks'),
  'not-ready-to-close': ruled('not-ready-to-close', 409, 'The complaint is not ready to be closed'),
  'already-closed': ruled('already-closed', 409, 'The complaint is closed or withdrawn, or the call has ended'),
  'reopening-window-passed': ruled('reopening-window-passed', 409, 'The reopening window has passed'),
  'needs-manager': ruled('needs-manager', 409, 'A manager or director is required'),
  'attempts-not-exhausted': ruled('attempts-not-exhausted', 409, 'More call attempts are required'),
  'role-not-allowed': ruled('role-not-allowed', 403, 'The role is not allowed to do this'),
  'unknown-code': ruled('unknown-code', 422, 'The policy does not contain this code'),
  'unknown-issue': ruled('unknown-issue', 422, 'The complaint has no such part'),
  'override-needs-reason': ruled('override-needs-reason', 422, 'An override needs a reason'),
  'invalid-body': ruled('invalid-body', 422, 'The body is invalid'),
  'not-found': ruled('not-found', 404, 'Not found'),

  // What a command meets on its way to the rules.
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key was used with another body',
    means: 'A key belongs to one request. Send the body that it was first used with, or use a new key.',
  },
  'revision-mismatch': {
    status: 412,
    title: 'The stream has changed',
    means:
      'If-Match named another revision than the one that stands. `revision` is the present one, `missedFacts` are the facts that came in between (at most 100). Read them, and decide again.',
  },
  'precondition-required': {
    status: 428,
    title: 'If-Match is required here',
    means: 'This replaces the whole document. Read it, and send its ETag back as If-Match.',
  },
  'mistyped-reference': {
    status: 422,
    title: 'The reference is mistyped',
    means: 'The check character does not match: a character is wrong, or two were swapped.',
  },

  // The form of a request.
  'malformed-json': {
    status: 400,
    title: 'The body is not valid JSON',
    means: 'The body must be one JSON value in UTF-8. An empty body is not JSON: send {}.',
  },
  'malformed-request': {
    status: 400,
    title: 'The request is malformed',
    means: 'The request line, a header or the URL is not what HTTP allows.',
  },
  'invalid-parameter': {
    status: 400,
    title: 'Invalid query parameter',
    means:
      'A query parameter is unknown here, repeated, or of the wrong form; `parameter` names it where it is a known one.',
  },
  'invalid-cursor': {
    status: 400,
    title: 'Invalid cursor',
    means: 'A cursor is used as it was given, with the same filters. Without it the list starts from the beginning.',
  },
  'invalid-position': {
    status: 400,
    title: 'Invalid position',
    means: 'A position is used as it was given: `<epoch>.<20 digits>`.',
  },
  'invalid-actor': {
    status: 400,
    title: 'Invalid Redress-Actor header',
    means:
      'It looks like `anna; role=manager`: an id of letters, digits, dots, hyphens and underscores (never a name or an address), and a role that is known.',
  },
  'invalid-precondition': {
    status: 400,
    title: 'Invalid If-Match header',
    means: 'It is `*`, or entity tags as they were given: `"3"`, comma-separated.',
  },
  'invalid-idempotency-key': {
    status: 400,
    title: 'Invalid Idempotency-Key header',
    means: 'It is 1 to 255 visible ASCII characters, bare or in double quotes, given once.',
  },
  'foreign-origin': {
    status: 403,
    title: 'The request comes from another web site',
    means: 'In open mode a browser may only ask from pages of this service itself.',
  },
  'not-allowed-here': {
    status: 405,
    title: 'The method is not allowed here',
    means: 'The address exists, the method does not; `Allow` lists those that do.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    means: 'The connection was closed before the whole request had come. Repeat it.',
  },
  'other-ledger': {
    status: 410,
    title: 'The position belongs to another ledger',
    means:
      'The ledger was restored or copied since the position was given. Go on with `afterFact=<noun>/<subject>/<sequence>`, the newest fact that you have, or from the beginning.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    means: 'A body is at most 1 MiB, and so is what one request records.',
  },
  'url-too-long': { status: 414, title: 'The URL is too long', means: 'A URL is at most 8,192 characters.' },
  'unsupported-media-type': {
    status: 415,
    title: 'The body must be JSON',
    means:
      'Every POST and PUT says `Content-Type: application/json` (UTF-8, not compressed), also with an empty object.',
  },
  'expectation-failed': {
    status: 417,
    title: 'The expectation cannot be met',
    means: 'The only expectation that is known is `100-continue`.',
  },
  'wrong-host': {
    status: 421,
    title: 'The request is for another host',
    means:
      'In open mode the service answers to the names of this machine (127.0.0.1, localhost, [::1]) and to those in ALLOWED_HOSTS.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    means: 'Wait as long as `Retry-After` says. It is never answered in open mode.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    means: 'All headers together are at most 16 KiB.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    means: 'It is not your mistake. Repeating with the same Idempotency-Key is safe; `instance` finds it in the log.',
  },
  'ledger-unavailable': {
    status: 503,
    title: 'The ledger does not answer',
    means:
      'Repeat with the same Idempotency-Key after `Retry-After` seconds. `outcome: unknown` means that the facts may have been recorded.',
  },
  'read-model-behind': {
    status: 503,
    title: 'The list has not reached the position yet',
    means: 'The list has not reached `minPosition` in time. Ask again after `Retry-After` seconds.',
  },
  'not-ready': {
    status: 503,
    title: 'The service is not ready',
    means: 'One of its checks fails; `checks` lists them.',
  },
} as const satisfies Readonly<Record<RefusalCode, ProblemKind> & Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEMS;

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);
