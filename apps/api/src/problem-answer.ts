import type { FastifyReply, FastifyRequest } from 'fastify';
import { nameOf, whereOf } from '#ledger/follow/failure';
import { requestContextOf } from './request-context.ts';
import { PROBLEM_MEDIA_TYPE, problemDocument } from './problem.ts';
import { problemOf } from './problem-of.ts';

/** Answers whatever was thrown as a problem (RFC 9457). The only place from which an error leaves the house. */
export const answerProblem = (request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply => {
  const { publicUrl, log } = requestContextOf(request);
  const problem = problemOf(error);
  request.problemCode = problem.code;
  // Codes and places only: messages may quote a person's words.
  if (problem.status >= 500 && problem.cause !== undefined)
    log[problem.code === 'internal-error' ? 'error' : 'warn'](
      {
        correlationId: request.correlationId,
        error: nameOf(problem.cause),
        where: whereOf(problem.cause),
        causes: causesOf(problem.cause),
      },
      problem.code === 'internal-error' ? 'a request failed' : 'a request could not be served now',
    );
  // What an answer had already been given is not true of a problem.
  for (const header of ['etag', 'location', 'cache-control', 'content-length']) reply.removeHeader(header);
  return reply
    .status(problem.status)
    .headers({ ...problem.headers, 'content-language': 'en', 'cache-control': 'no-store' })
    .type(PROBLEM_MEDIA_TYPE)
    .serializer((document: unknown) => (typeof document === 'string' ? document : JSON.stringify(document)))
    .send(
      problemDocument(problem, { ...(publicUrl !== undefined && { publicUrl }), correlationId: request.correlationId }),
    );
};

const causesOf = (error: unknown): string[] => {
  const names: string[] = [];
  for (let at = (error as Error | undefined)?.cause; at instanceof Error && names.length < 5; at = at.cause)
    names.push(nameOf(at));
  return names;
};
