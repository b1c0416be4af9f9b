import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { takeJsonBodies } from './body.ts';
import { correlationIdIn } from './caller-headers.ts';
import { headersNamed } from '#program/headers-named';
import { pathOf } from './headers.ts';
import type { RequestContext } from './request-context.ts';
import type { HttpMetrics } from './http-metrics.ts';
import { refusalInOpenMode, type OpenMode } from './open-mode.ts';
import { answerProblem } from './problem-answer.ts';
import { Problem, PROBLEM_MEDIA_TYPE, problemDocument } from './problem.ts';
import { refusalOfRole } from './role-guard.ts';
import { Routes } from './routes.ts';

const LONGEST_URL = 8192;

export interface HttpDefaults extends RequestContext {
  readonly openMode: OpenMode;
  readonly metrics: HttpMetrics;
  /** Aborted when the service begins to stop. */
  readonly stopping: AbortSignal;
}

/** Nest's adapter, whose errors and unknown addresses are answered by this house. */
class ProblemAdapter extends FastifyAdapter {
  override setErrorHandler(): never {
    return undefined as never;
  }
  override setNotFoundHandler(): never {
    return undefined as never;
  }
}

/** Fastify under Nest, with everything that holds for every route, and for requests that reach none. */
export const problemAdapter = (defaults: HttpDefaults): FastifyAdapter => {
  const routes = new Routes();
  const adapter = new ProblemAdapter({
    logger: false,
    bodyLimit: 16 * 1024 * 1024, // body.ts has the limit
    forceCloseConnections: 'idle',
    // Requests that arrive while the server closes are answered, on a connection that closes then.
    return503OnClosing: false,
    requestTimeout: 60_000,
    keepAliveTimeout: 72_000,
    // Without a Host the guards answer, and not Node with an empty 400.
    http: { requireHostHeader: false },
    // NOTE: hooks don't run for these; guards and log come along by hand.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      greet(request, reply);
      const refusal = refusalInOpenMode(request.raw, defaults.openMode);
      reply.raw.once('close', () => farewell(defaults, request, reply.raw.statusCode, 0));
      answerProblem(request, reply, refusal ?? error);
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(defaults, error, socket),
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.decorate('requestContext', defaults);
  fastify.decorate('routes', routes);
  fastify.decorateRequest('correlationId', '');
  fastify.decorateRequest('problemCode', undefined);
  routes.watch(fastify);
  takeJsonBodies(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    greet(request, reply);
    const refusal =
      refusalInOpenMode(request.raw, defaults.openMode) ?? refusalOfForm(request) ?? refusalOfRole(request);
    if (refusal) throw refusal;
  });
  fastify.addHook('onSend', async (_request, reply) => {
    // A connection that is kept open would keep the service from stopping.
    if (defaults.stopping.aborted) reply.header('connection', 'close');
  });
  fastify.addHook('onResponse', async (request, reply) =>
    farewell(defaults, request, reply.statusCode, reply.elapsedTime),
  );
  fastify.setErrorHandler((error, request, reply) => answerProblem(request, reply, error));
  fastify.setNotFoundHandler((request, reply) => {
    const methods = routes.methodsAt(pathOf(request.raw));
    const other = methods.length > 0 && !methods.includes(request.method);
    return answerProblem(
      request,
      reply,
      other ? new Problem('not-allowed-here', { headers: { allow: methods.join(', ') } }) : new Problem('not-found'),
    );
  });
  fastify.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    answerByHand(
      defaults,
      response,
      refusalInOpenMode(request, defaults.openMode) ?? new Problem('expectation-failed'),
    ),
  );
  fastify.server.on('connect', (_request: IncomingMessage, socket: Socket) =>
    answerOnSocket(defaults, socket, new Problem('not-allowed-here', { headers: { allow: 'GET, HEAD, POST, PUT' } })),
  );
  return adapter;
};

/** What every answer carries. Nothing that a person wrote may lie in a cache, or be sniffed into a page. */
const greet = (request: FastifyRequest, reply: FastifyReply): void => {
  request.correlationId = correlationIdIn(headersNamed(request.raw, 'correlation-id')) ?? randomUUID();
  reply.headers({
    'correlation-id': request.correlationId,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  });
};

const farewell = ({ log, metrics }: HttpDefaults, request: FastifyRequest, status: number, ms: number): void => {
  // The pattern, never the path: what somebody typed there could be a name.
  const route = request.is404 ? 'none' : (request.routeOptions?.url ?? 'none');
  metrics.observe(request.method, route, status, ms / 1000);
  // Probes and scrapes come every few seconds and say nothing new.
  log[/^\/(health|metrics)\b/.test(route) && status < 400 ? 'debug' : 'info'](
    {
      correlationId: request.correlationId,
      method: request.method,
      route,
      status,
      ms: Math.round(ms * 10) / 10,
      ...(request.problemCode !== undefined && { code: request.problemCode }),
    },
    'answered',
  );
};

/** What is wrong with a request before its body is read. */
const refusalOfForm = (request: FastifyRequest): Problem | undefined => {
  if (request.raw.url!.length > LONGEST_URL) return new Problem('url-too-long');
  if (request.is404) return undefined;
  if (Object.values((request.params ?? {}) as Record<string, string>).some((value) => /\p{Cc}/u.test(value)))
    return new Problem('not-found');
  return ['POST', 'PUT', 'PATCH', 'DELETE'].includes(request.method) ? refusalOfMediaType(request.raw) : undefined;
};

const JSON_TYPE = /^application\/json[ \t]*((?:;[^,]*)?)$/i;

/** Only what a foreign page cannot send without asking first, also for `{}`. */
const refusalOfMediaType = (request: IncomingMessage): Problem | undefined => {
  const types = headersNamed(request, 'content-type');
  const parameters = types.length === 1 ? JSON_TYPE.exec(types[0]!.trim())?.[1] : undefined;
  const charset = parameters === undefined ? undefined : /;[ \t]*charset=("?)([^";]*)\1/i.exec(parameters);
  if (parameters === undefined || (charset && charset[2]!.trim().toLowerCase() !== 'utf-8'))
    return new Problem('unsupported-media-type');
  const codings = headersNamed(request, 'content-encoding');
  if (codings.some((coding) => coding.toLowerCase() !== 'identity')) return new Problem('unsupported-media-type');
  return undefined;
};

const BY_NODE_CODE = { HPE_HEADER_OVERFLOW: 'headers-too-large', ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout' } as const;

/** What arrived is no HTTP, or came too slowly: there is no request to answer, only a socket. */
const answerBrokenRequest = (defaults: HttpDefaults, error: Error & { code?: string }, socket: Socket): void => {
  const underway = (socket as Socket & { _httpMessage?: { headersSent: boolean } })._httpMessage;
  if (!socket.writable || error.code === 'ECONNRESET' || underway?.headersSent) return void socket.destroy();
  answerOnSocket(
    defaults,
    socket,
    new Problem(BY_NODE_CODE[error.code as keyof typeof BY_NODE_CODE] ?? 'malformed-request'),
  );
};

const answerOnSocket = (defaults: HttpDefaults, socket: Socket, problem: Problem): void => {
  const { text, headers } = byHand(defaults, problem);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, ...lines, '', text].join('\r\n'));
  socket.destroySoon();
};

const answerByHand = (defaults: HttpDefaults, response: ServerResponse, problem: Problem): void => {
  const { text, headers } = byHand(defaults, problem);
  response.writeHead(problem.status, headers).end(text);
};

/** A problem where Fastify has no part in the answer. */
const byHand = (
  { publicUrl, log }: HttpDefaults,
  problem: Problem,
): { text: string; headers: Record<string, string> } => {
  const correlationId = randomUUID();
  log.info({ correlationId, status: problem.status, code: problem.code }, 'request rejected');
  const text = JSON.stringify(
    problemDocument(problem, { ...(publicUrl !== undefined && { publicUrl }), correlationId }),
  );
  const headers = {
    ...problem.headers,
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-language': 'en',
    'content-length': String(Buffer.byteLength(text)),
    'correlation-id': correlationId,
    'cache-control': 'no-store',
    connection: 'close',
  };
  return { text, headers };
};
