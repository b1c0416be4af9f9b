import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalidBody, Problem } from './problem.ts';
import { findJsonViolations } from './strict-json.ts';

export const BODY_LIMIT = 1024 * 1024;
/** A body up to this size is read to its end before its 413, so that the sender hears the answer. */
export const DRAIN_LIMIT = 8 * 1024 * 1024;

/**
 * The only body that any door takes: one JSON object. A body that does not fit becomes a Problem in its place and is
 * refused afterwards; thrown from the parser it would make Fastify cut the connection, which is only right for bodies
 * that were not read to their end.
 */
export const takeJsonBodies = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    if (request.is404) return undefined;
    const text = await textOf(payload);
    return text instanceof Problem ? text : parseBody(text);
  });
  fastify.addHook('preValidation', async (request) => {
    if (request.body instanceof Problem) throw request.body;
  });
};

/** The JSON object in a text, or what is wrong with it. */
export const parseBody = (text: string): object | Problem => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Problem('malformed-json', text.trim() === '' ? { detail: 'The body is empty: send {}.' } : {});
  }
  const misfits = findJsonViolations(text);
  if (misfits.length > 0) return invalidBody(misfits);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return invalidBody([{ pointer: '#', code: 'wrong-type', detail: 'The body must be a JSON object.' }]);
  return value;
};

/** Rejects only when the rest of the body will not be read: the connection ends with the answer. */
const textOf = (payload: IncomingMessage): Promise<string | Problem> =>
  new Promise((resolve, reject) => {
    // Made when it is needed: an error that nobody throws still looks for its stack.
    const tooLarge = (): Problem => new Problem('body-too-large');
    if (Number(payload.headers['content-length']) > DRAIN_LIMIT) return reject(tooLarge());
    let chunks: Buffer[] = [];
    let size = 0;
    const done = (settle: () => void): void => {
      payload.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > BODY_LIMIT) chunks = [];
      else chunks.push(chunk);
      if (size > DRAIN_LIMIT) done(() => reject(tooLarge()));
    };
    const onEnd = (): void => done(() => resolve(size > BODY_LIMIT ? tooLarge() : decoded(Buffer.concat(chunks))));
    const onBroken = (): void =>
      done(() => reject(new Problem('malformed-request', { detail: 'The body ended early.' })));
    payload.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken);
  });

/** Without the byte order mark, if there is one. */
const decoded = (bytes: Buffer): string | Problem => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new Problem('malformed-json', { detail: 'The body is not UTF-8.' });
  }
};
