import { Agent, request } from 'node:http';
import type { Answer, Attempt, Command } from '../check/evidence.ts';

/** How long nobody waits any longer, whatever the client's patience: the service itself gives up after some 30 s. */
export const LONGEST_MS = 45_000;

const agent = new Agent({ keepAlive: true, maxSockets: 100 });

/** Lets go of connections: nothing is sent any more. */
export const hangUp = (): void => agent.destroy();

export interface Sent {
  /** As `127.0.0.1:3000`. */
  readonly at: string;
  /** The api's name, for the record. */
  readonly api: string;
  /** After which the client hangs up, in milliseconds. */
  readonly patienceMs?: number;
}

/** Sends a command once and writes down what came of it. */
export const send = async (command: Command, { at, api, patienceMs = LONGEST_MS }: Sent): Promise<Attempt> => {
  const sentAt = Date.now();
  let leftAt: number | undefined;
  const got = await exchange(at, command, patienceMs, () => (leftAt = Date.now()));
  const attempt: Attempt = {
    api,
    sentAt,
    ...(leftAt !== undefined && { leftAt }),
    endedAt: Date.now(),
    ...got,
  };
  command.attempts.push(attempt);
  return attempt;
};

type Got = Pick<Attempt, 'status' | 'lost' | 'code' | 'outcome' | 'retryAfter' | 'answer'>;

const exchange = (at: string, command: Command, patienceMs: number, left: () => void): Promise<Got> =>
  new Promise((resolve) => {
    let gaveUp = false;
    const outgoing = request(
      `http://${at}${command.path}`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'idempotency-key': command.key,
          'correlation-id': command.correlation,
          ...(command.as !== undefined && { 'redress-actor': command.as }),
          ...(command.ifMatch !== undefined && { 'if-match': command.ifMatch }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
        response.on('error', (error) => done({ lost: wordOf(error) }));
        response.on('end', () =>
          done(response.complete ? read(response.statusCode!, response.headers, text) : { lost: 'cut' }),
        );
      },
    );
    const timer = setTimeout(() => {
      gaveUp = true;
      outgoing.destroy();
    }, patienceMs);
    const done = (got: Got): void => {
      clearTimeout(timer);
      resolve(gaveUp && got.status === undefined ? { lost: 'gave-up' } : got);
    };
    outgoing.on('error', (error) => done({ lost: wordOf(error) }));
    outgoing.on('close', () => done({ lost: 'closed' }));
    outgoing.on('finish', left);
    outgoing.end(JSON.stringify(command.body));
  });

const wordOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.name;

const read = (status: number, headers: NodeJS.Dict<string | string[]>, text: string): Got => {
  let body: Record<string, never> = {};
  try {
    body = JSON.parse(text) as Record<string, never>;
  } catch {
    return { status, code: 'no-json' };
  }
  const header = (name: string): string | null => (typeof headers[name] === 'string' ? headers[name] : null);
  if (status >= 400)
    return {
      status,
      ...(typeof body['code'] === 'string' && { code: body['code'] }),
      ...(typeof body['outcome'] === 'string' && { outcome: body['outcome'] }),
      ...(header('retry-after') !== null && { retryAfter: header('retry-after')! }),
    };
  const answer: Answer = {
    status,
    location: header('location'),
    etag: header('etag'),
    id: body['id']!,
    revision: body['revision']!,
    position: body['position'] ?? null,
    facts: body['facts'] ?? [],
    ...(typeof body['followUp'] === 'string' && { followUp: body['followUp'] }),
    ...(Array.isArray(body['issues']) && { issues: (body['issues'] as { id: string }[]).map(({ id }) => id) }),
  };
  return { status, answer };
};

/** Reads something; undefined when no answer came. */
export const look = (
  at: string,
  path: string,
): Promise<{ status: number; body: Record<string, unknown> } | undefined> =>
  new Promise((resolve) => {
    const outgoing = request(`http://${at}${path}`, { agent, timeout: 10_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
      response.on('error', () => resolve(undefined));
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode!, body: JSON.parse(text) as Record<string, unknown> });
        } catch {
          resolve({ status: response.statusCode!, body: {} });
        }
      });
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(undefined));
    outgoing.on('close', () => resolve(undefined));
    outgoing.end();
  });
