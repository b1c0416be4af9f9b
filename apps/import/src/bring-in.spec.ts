import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bringIn } from './bring-in.ts';
import type { CfpbRow } from './cfpb-row.ts';

const PATIENCE = { answerMs: 200, attempts: 3, backoff: { firstMs: 1, maxMs: 2 } };

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
/** A service that answers intakes so. */
const serving = async (intake: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
  const server = createServer((request, response) => {
    request.resume();
    if (request.method === 'GET') response.end(JSON.stringify({ position: 'e.1' }));
    else intake(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const taken = (response: ServerResponse): void => void response.writeHead(201).end(JSON.stringify({ position: 'e.2' }));

const row = (number: number): CfpbRow => ({
  'Complaint ID': `${number}`,
  'Date received': '2012-02-07',
  Issue: 'Fees',
});

describe('bringing rows in', () => {
  it('reads on as rows are taken in: of many, few are in memory', async () => {
    const service = await serving((_request, response) => taken(response));
    let read = 0;
    let done = 0;
    let most = 0;
    async function* rows(): AsyncGenerator<CfpbRow> {
      for (let number = 1; number <= 500; number++) {
        read++;
        most = Math.max(most, read - done);
        yield row(number);
      }
    }
    const summary = await bringIn(rows(), service, () => void done++);
    expect(summary).toMatchObject({ taken: 500, alreadyThere: 0 });
    expect(most).toBeLessThanOrEqual(20);
  });

  it('asks again, with the same key, when an answer does not come in time or breaks off', async () => {
    const keys: unknown[] = [];
    const service = await serving((request, response) => {
      keys.push(request.headers['idempotency-key']);
      if (keys.length === 1) return; // silent
      if (keys.length === 2) return void response.writeHead(201, { 'content-length': '100' }).write('{"posi');
      taken(response);
    });
    expect(await bringIn([row(1)], service, () => undefined, { ...PATIENCE, attempts: 10 })).toMatchObject({
      taken: 1,
    });
    expect(keys.length).toBeGreaterThanOrEqual(3);
    expect(new Set(keys)).toEqual(new Set(['cfpb:1:received']));
  });

  it('ends with a sentence when nothing answers any more, and begins no other row', async () => {
    const keys = new Set<unknown>();
    const service = await serving((request) => void keys.add(request.headers['idempotency-key']));
    const rows = Array.from({ length: 100 }, (_, number) => row(number + 1));
    await expect(bringIn(rows, service, () => undefined, PATIENCE)).rejects.toThrow(
      'does not answer any more. Run the import again: nothing is taken in twice.',
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(keys.size).toBeLessThanOrEqual(16);
  });

  it('names the rows that were refused, by reason', async () => {
    const service = await serving((request, response) =>
      request.headers['idempotency-key'] === 'cfpb:2:received'
        ? void response
            .writeHead(422)
            .end(JSON.stringify({ code: 'invalid-body', errors: [{ pointer: '#/words', code: 'x' }] }))
        : taken(response),
    );
    const summary = await bringIn([row(1), row(2), { Issue: 'no id' }], service, () => undefined, PATIENCE);
    expect(summary.taken).toBe(1);
    expect([...summary.refused]).toEqual(
      expect.arrayContaining([
        ['422 invalid-body, #/words x', [2]],
        ['no usable complaint id', [3]],
      ]),
    );
  });
});
