import type { FastifyReply } from 'fastify';
import type { Written } from '#desk/written';
import type { Refusal } from '#fact/decision';
import { historyItemOf } from '#desk/queries/history-item';
import { requestContextOf } from './request-context.ts';
import { Problem } from './problem.ts';
import { isProblemCode } from './problem-table.ts';

/** A 412 shows no more facts than this; the history has them all. */
const MISSED_SHOWN = 100;

/**
 * What a command answered, as HTTP: sets status, `ETag` and `Location`, and gives the body. Throws Problem for a refusal
 * and for an If-Match that does not hold.
 */
export const answerWritten = async (reply: FastifyReply, written: Written): Promise<Record<string, unknown>> => {
  switch (written.kind) {
    case 'written': {
      const { id, revision, position, facts, location, members } = written;
      reply.status(facts.length > 0 ? 201 : 200).header('etag', etagOf(revision));
      if (location !== undefined && facts.length > 0)
        reply.header('location', `${requestContextOf(reply).publicUrl ?? ''}${location}`);
      // People read answers too: what it is comes first, what is so now comes last.
      const { reference, ...more } = members ?? {};
      return { id, ...(reference !== undefined && { reference }), revision, position, facts, ...more };
    }
    case 'refused':
      throw problemOfRefusal(written.refusal);
    case 'mismatch': {
      const missed = written.missed.slice(0, MISSED_SHOWN).map(historyItemOf);
      throw new Problem('revision-mismatch', {
        members: { revision: written.revision ?? null, missedFacts: await requestContextOf(reply).vault.open(missed) },
        headers: written.revision === undefined ? {} : { etag: etagOf(written.revision) },
      });
    }
  }
};

/** What is so now, with its `ETag`. Leave `revision` out for a look back (`at`, `revision`): that has none. */
export const answerFound = <T>(reply: FastifyReply, body: T, revision?: number): T => {
  if (revision !== undefined) reply.header('etag', etagOf(revision));
  return body;
};

/** A query's or command's refusal as a problem. */
export const problemOfRefusal = (refusal: Refusal): Problem => {
  if (!isProblemCode(refusal.code)) throw new Error(`the refusal ${refusal.code} is not in the table of problems`);
  return new Problem(refusal.code, {
    ...(refusal.detail !== undefined && { detail: refusal.detail }),
    ...(refusal.members && { members: refusal.members }),
  });
};

const etagOf = (revision: number): string => `"${revision}"`;
