import { HttpException } from '@nestjs/common';
import {
  AppendRejected,
  ConcurrencyConflict,
  ForeignPosition,
  KeyErased,
  OutcomeUnknown,
  StoreUnavailable,
  StreamDeleted,
} from '#ledger/stream/port';
import { UnknownFact } from '#ledger/stream/codec';
import { failureOf } from '#ledger/follow/failure';
import { KeyError } from '#privacy/vault';
import { NoPolicy } from '#desk/policy-in-force';
import { InvalidCursor } from '#desk/queries/cursor';
import { NoReadModel, ReadModelBehind } from '#read-models/asking';
import { Problem } from './problem.ts';
import type { ProblemCode } from './problem-table.ts';

const RETRY_AFTER = { 'retry-after': '2' };

/** Whatever was thrown, as a problem. What is not prefetched here is a 500 that says nothing of the inside. */
export const problemOf = (error: unknown): Problem =>
  error instanceof Problem
    ? error
    : (ofTheLedger(error) ?? ofLists(error) ?? ofHttp(error) ?? new Problem('internal-error', { cause: error }));

const ofTheLedger = (cause: unknown): Problem | undefined => {
  if (cause instanceof OutcomeUnknown)
    return new Problem('ledger-unavailable', {
      detail: 'The ledger did not say whether the facts were recorded. Repeat with the same Idempotency-Key.',
      members: { outcome: 'unknown' },
      headers: RETRY_AFTER,
      cause,
    });
  if (cause instanceof StoreUnavailable || cause instanceof ConcurrencyConflict || cause instanceof KeyErased)
    return new Problem('ledger-unavailable', { detail: 'Nothing was recorded.', headers: RETRY_AFTER, cause });
  if (cause instanceof KeyError)
    return new Problem('ledger-unavailable', { detail: 'A data key cannot be used.', headers: RETRY_AFTER, cause });
  if (cause instanceof AppendRejected && cause.reason === 'too-large')
    return new Problem('body-too-large', {
      detail: 'What would be recorded is larger than 1 MiB. Nothing was recorded.',
    });
  if (cause instanceof UnknownFact)
    return new Problem('not-ready', {
      detail: 'The ledger holds facts that this version does not know; it must be upgraded.',
      cause,
    });
  if (cause instanceof NoPolicy)
    return new Problem('not-ready', {
      detail: 'No policy was adopted yet: the program that starts first adopts one.',
      cause,
    });
  if (cause instanceof StreamDeleted) return new Problem('not-found');
  if (cause instanceof ForeignPosition)
    return new Problem(cause.reason === 'other-epoch' ? 'other-ledger' : 'invalid-position');
  return undefined;
};

const ofLists = (cause: unknown): Problem | undefined => {
  if (cause instanceof InvalidCursor) return new Problem('invalid-cursor');
  if (cause instanceof ReadModelBehind) return new Problem('read-model-behind', { headers: { 'retry-after': '1' } });
  if (cause instanceof NoReadModel)
    return new Problem('read-model-behind', {
      detail: 'This list was never filled yet.',
      headers: RETRY_AFTER,
      cause,
    });
  return undefined;
};

const BY_FASTIFY_CODE: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed-request',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_BAD_URL: 'malformed-request',
  // An id that long belongs to nothing.
  FST_ERR_MAX_PARAM_LENGTH: 'not-found',
  FST_ERR_NOT_FOUND: 'not-found',
};

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed-request',
  403: 'role-not-allowed',
  404: 'not-found',
  405: 'not-allowed-here',
  408: 'request-timeout',
  413: 'body-too-large',
  414: 'url-too-long',
  415: 'unsupported-media-type',
  417: 'expectation-failed',
  422: 'invalid-body',
  428: 'precondition-required',
  429: 'too-many-requests',
  431: 'headers-too-large',
};

const ofHttp = (cause: unknown): Problem | undefined => {
  if (typeof cause !== 'object' || cause === null) return undefined;
  const { code, statusCode } = cause as { code?: unknown; statusCode?: unknown };
  const status = cause instanceof HttpException ? cause.getStatus() : statusCode;
  const known = BY_FASTIFY_CODE[String(code)] ?? BY_STATUS[Number(status)];
  if (known) return new Problem(known, { cause });
  // PostgreSQL went away under a query: it comes back.
  if (failureOf(cause) === 'transient') return new Problem('ledger-unavailable', { headers: RETRY_AFTER, cause });
  return undefined;
};
