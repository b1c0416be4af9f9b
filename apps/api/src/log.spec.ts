import { Writable } from 'node:stream';
import { Logger } from '@nestjs/common';
import { tinyApi, type Tiny } from '#test/support/tiny-api';
import { makeLog } from '#program/log';

const MARK = 'Wilhelmine-Zitterbart';

describe('the log', () => {
  const lines: string[] = [];
  let tiny: Tiny;
  beforeAll(async () => {
    const into = new Writable({
      write(chunk: Buffer, _encoding, done) {
        lines.push(chunk.toString());
        done();
      },
    });
    tiny = await tinyApi({ log: makeLog('trace', into) });
  });
  afterAll(() => tiny.app.close());
  const logged = (): string => lines.join('');

  it('holds nothing that a person wrote, wherever it came in', async () => {
    const { app } = tiny;
    const everywhere = {
      'redress-actor': MARK,
      'idempotency-key': MARK,
      'if-match': MARK,
      'correlation-id': MARK,
      traceparent: MARK,
      'user-agent': MARK,
      accept: MARK,
      'x-anything': MARK,
      'last-event-id': MARK,
    };
    const body = { words: MARK, [MARK]: MARK };
    await app.inject({ method: 'POST', url: `/v1/tiny?x=${MARK}`, headers: everywhere, payload: body });
    await app.inject({ method: 'POST', url: '/v1/tiny', payload: body });
    await app.inject({ method: 'POST', url: '/v1/tiny', payload: { words: MARK } });
    await app.inject({
      method: 'POST',
      url: '/v1/tiny',
      headers: { 'content-type': 'application/json' },
      payload: `{"${MARK}`,
    });
    await app.inject({ method: 'POST', url: '/v1/tiny', headers: { 'content-type': `text/${MARK}` }, payload: MARK });
    await app.inject({ url: `/v1/tiny/${MARK}`, headers: everywhere });
    await app.inject({ url: `/v1/${MARK}` });
    await app.inject({ url: `/v1/tiny/${MARK}%ff` });
    await app.inject({ url: '/v1/tiny', headers: { host: MARK } });
    await app.inject({ url: '/v1/tiny', headers: { origin: `http://${MARK}` } });
    await app.inject({ url: `/v1/events?after=${MARK}` });
    for (const error of [
      new Error(MARK),
      Object.assign(new Error(MARK, { cause: new TypeError(MARK) }), { code: `no code, but ${MARK}`, detail: MARK }),
      Object.assign(new Error(`duplicate key (${MARK})`), { code: 'ECONNRESET' }),
      MARK as unknown as Error,
    ]) {
      tiny.next = () => Promise.reject(error);
      await app.inject({ method: 'POST', url: '/v1/tiny', payload: { words: MARK } });
    }
    expect(lines.length).toBeGreaterThan(15);
    expect(logged()).not.toContain(MARK);
  });

  it('tells what happened: pattern, status, duration, code, and an id to find it by', async () => {
    tiny.next = () => Promise.reject(new TypeError('x'));
    lines.length = 0;
    const answer = await tiny.app.inject({ method: 'POST', url: '/v1/tiny', payload: { words: 'x' } });
    const correlationId = answer.headers['correlation-id'];
    expect(answer.json().instance).toBe(`urn:uuid:${String(correlationId)}`);
    const [failed, answered] = lines.map((line) => JSON.parse(line));
    expect(failed).toMatchObject({
      level: 'error',
      correlationId,
      error: 'TypeError',
      where: expect.arrayContaining([expect.stringContaining('log.spec.ts')]),
    });
    expect(answered).toMatchObject({
      level: 'info',
      correlationId,
      method: 'POST',
      route: '/v1/tiny',
      status: 500,
      code: 'internal-error',
      ms: expect.any(Number),
    });
  });

  it('prints no error object that somebody hands it by mistake', () => {
    lines.length = 0;
    const log = makeLog('info', { write: (line) => void lines.push(line) });
    log.info({ err: new Error(MARK), error: new Error(MARK) }, 'trouble');
    log.error(new RangeError(MARK));
    log.error(new Error(MARK), 'said beside it');
    for (const said of ['trouble', 'RangeError', 'said beside it']) expect(logged()).toContain(said);
    expect(logged()).not.toContain(MARK);
  });

  it('takes what Nest says', () => {
    lines.length = 0;
    new Logger('SomeModule').warn('said by Nest');
    expect(JSON.parse(lines.join(''))).toMatchObject({ level: 'warn', context: 'SomeModule', msg: 'said by Nest' });
  });
});
