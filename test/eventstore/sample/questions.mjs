/* eslint-disable */
// Asks an EventStoreDB how it answers, one line a question. answers.txt is what a real server (23.10.6, insecure, in memory) said.
// Usage, from a folder that has @eventstore/db-client 6.2.1: node questions.mjs 'esdb://127.0.0.1:2113?tls=false' [part…] > mine.txt
// Positions and the run's prefix are masked, so that two runs can be compared. It asserts nothing.
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
const require = createRequire(process.cwd() + '/');
const {
  EventStoreDBClient,
  jsonEvent,
  streamNameFilter,
  eventTypeFilter,
  excludeSystemEvents,
  START,
  END,
  BACKWARDS,
  FORWARDS,
  NO_STREAM,
  ANY,
  STREAM_EXISTS,
} = require('@eventstore/db-client');
const url = process.argv[2] ?? 'esdb://127.0.0.1:2113?tls=false';
const only = process.argv.slice(3);
const run = randomUUID().slice(0, 8);
const mk = (q = '') => EventStoreDBClient.connectionString(url + q);
const c = mk();
const cred = { credentials: { username: 'admin', password: 'changeit' } };
const ev = (type = 'Filed', data = { a: 1 }, x = {}) =>
  jsonEvent({ type, data, metadata: { correlationId: 'c1' }, ...x });
const J = (v) => JSON.stringify(v, (k, x) => (typeof x === 'bigint' ? `${x}n` : x));
const err = (e) =>
  `${e?.constructor?.name} type=${e?.type} code=${e?.code} ${J({ stream: e?.streamName, exp: e?.expectedVersion, act: e?.actualVersion, max: e?.maxAppendSize })} msg=${String(e?.message).slice(0, 160)}`;
const T = (p, ms) => {
  let h;
  return Promise.race([p, new Promise((r) => (h = setTimeout(() => r('TIMED-OUT'), ms)))]).finally(() =>
    clearTimeout(h),
  );
};
const all = async (it) => {
  const o = [];
  for await (const e of it) o.push(e);
  return o;
};
const res = (p) =>
  T(
    p.then(
      (r) =>
        `ok success=${r.success} next=${r.nextExpectedRevision} pos=${r.position ? r.position.commit + '/' + r.position.prepare : r.position}`,
      err,
    ),
    15000,
  );
const say = (...a) =>
  console.log(
    a
      .join(' | ')
      .replaceAll(run, 'R')
      .replace(/\b\d{3,}(n?)(\/\d+)?(?=["\]\s,}]|$)/g, '#'),
  );
const unh = [];
process.on('unhandledRejection', (e) => unh.push('unhandled ' + e?.message));
process.on('uncaughtException', (e) => unh.push('uncaught ' + e?.message));
const part = async (n, f) => {
  if (only.length && !only.includes(n)) return;
  console.log(`\n## ${n}`);
  try {
    await f();
  } catch (e) {
    say('PART FAILED', e.stack?.split('\n').slice(0, 3).join(' '));
  }
  if (unh.length) say('process events', unh.splice(0).join('; '));
};
const s = (n) => `${run}-${n}`;

for (const [name, opt] of [
  ['plain', cred],
  ['batch', {}],
]) {
  await part(`append-${name}`, async () => {
    const st = s('a' + name);
    const e1 = ev('E1'),
      e2 = ev('E2'),
      e3 = ev('E3'),
      e4 = ev('E4');
    say(
      'first, no_stream, 2 events',
      await res(c.appendToStream(st, [e1, e2], { expectedRevision: NO_STREAM, ...opt })),
    );
    say('same again, no_stream', await res(c.appendToStream(st, [e1, e2], { expectedRevision: NO_STREAM, ...opt })));
    say('third at 1n', await res(c.appendToStream(st, [e3], { expectedRevision: 1n, ...opt })));
    say('third again at 1n', await res(c.appendToStream(st, [e3], { expectedRevision: 1n, ...opt })));
    say(
      'first two again after third, no_stream',
      await res(c.appendToStream(st, [e1, e2], { expectedRevision: NO_STREAM, ...opt })),
    );
    say('e1 alone, no_stream (prefix)', await res(c.appendToStream(st, [e1], { expectedRevision: NO_STREAM, ...opt })));
    say(
      'e1,e2,e3 together, no_stream (across two appends)',
      await res(c.appendToStream(st, [e1, e2, e3], { expectedRevision: NO_STREAM, ...opt })),
    );
    say('e2,e3 at 0n (straddles)', await res(c.appendToStream(st, [e2, e3], { expectedRevision: 0n, ...opt })));
    say('e3,e4 at 1n (half new)', await res(c.appendToStream(st, [e3, e4], { expectedRevision: 1n, ...opt })));
    say(
      'e1 at 2n (old id at the right revision)',
      await res(c.appendToStream(st, [e1], { expectedRevision: 2n, ...opt })),
    );
    say('stream now', J((await all(c.readStream(st))).map((r) => [r.event.type, r.event.revision])));
    say('new id, stale 0n', await res(c.appendToStream(st, ev(), { expectedRevision: 0n, ...opt })));
    say('new id, too high 99n', await res(c.appendToStream(st, ev(), { expectedRevision: 99n, ...opt })));
    say('no_stream on existing', await res(c.appendToStream(st, ev(), { expectedRevision: NO_STREAM, ...opt })));
    say(
      'stream_exists on missing',
      await res(c.appendToStream(s('none' + name), ev(), { expectedRevision: STREAM_EXISTS, ...opt })),
    );
    say('5n on missing', await res(c.appendToStream(s('none2' + name), ev(), { expectedRevision: 5n, ...opt })));
    const x = ev('Any');
    const sa = s('any' + name);
    say('any', await res(c.appendToStream(sa, x, { expectedRevision: ANY, ...opt })));
    say('any again, same id', await res(c.appendToStream(sa, x, { expectedRevision: ANY, ...opt })));
    for (let i = 0; i < 20; i++) await c.appendToStream(sa, ev('Fill'), { expectedRevision: ANY, ...opt });
    say(
      'any again after 20 more',
      await res(c.appendToStream(sa, x, { expectedRevision: ANY, ...opt })),
      'length',
      (await all(c.readStream(sa))).length,
    );
    say(
      'same id into another stream',
      await res(c.appendToStream(s('other' + name), x, { expectedRevision: NO_STREAM, ...opt })),
    );
    const d = ev('Dup');
    say(
      'same id twice in one append',
      await res(c.appendToStream(s('dup' + name), [d, d], { expectedRevision: NO_STREAM, ...opt })),
      'length',
      await all(c.readStream(s('dup' + name))).then((r) => r.length, err),
    );
    say(
      'empty append, no_stream',
      await res(c.appendToStream(s('empty' + name), [], { expectedRevision: NO_STREAM, ...opt })),
    );
    say(
      'empty append on existing at right revision',
      await res(c.appendToStream(st, [], { expectedRevision: 2n, ...opt })),
    );
    say(
      'bad id',
      await res(
        c.appendToStream(s('bad' + name), ev('B', {}, { id: 'not-a-uuid' }), { expectedRevision: NO_STREAM, ...opt }),
      ),
    );
    for (const [size, kb] of [
      ['0.9 MiB', 900],
      ['1 MiB less 1 KiB', 1023],
      ['1 MiB and 1 KiB', 1025],
      ['5 MiB', 5000],
    ])
      say(
        `an event of ${size}`,
        await res(
          c.appendToStream(s('big' + name), ev('Big', { t: 'x'.repeat(kb * 1024 - 60) }), {
            expectedRevision: ANY,
            ...opt,
          }),
        ),
      );
    say(
      'three of half a MiB together',
      await res(
        c.appendToStream(
          s('big3' + name),
          [1, 2, 3].map(() => ev('Big', { t: 'x'.repeat(500 * 1024) })),
          { expectedRevision: ANY, ...opt },
        ),
      ),
    );
    say('$-stream', await res(c.appendToStream('$' + s('sys' + name), ev(), { expectedRevision: ANY, ...opt })));
    say('empty type', await res(c.appendToStream(s('ty' + name), ev(''), { expectedRevision: ANY, ...opt })));
    say(
      'unicode stream name',
      await res(
        c.appendToStream(s('жалоба 🙂 ' + name), ev('Тип', { т: 'é\u2028🙂' }), {
          expectedRevision: NO_STREAM,
          ...opt,
        }),
      ),
      J((await all(c.readStream(s('жалоба 🙂 ' + name)))).map((r) => [r.event.streamId, r.event.type, r.event.data])),
    );
  });
}
await part('positions', async () => {
  const st = s('pos');
  const r = await c.appendToStream(st, [ev('P1'), ev('P2'), ev('P3')], { expectedRevision: NO_STREAM, ...cred });
  const es = await all(c.readStream(st));
  say('append answered', `${r.position?.commit}/${r.position?.prepare}`);
  say(
    'events read from the stream',
    J(es.map((e) => [e.event.type, e.event.position?.commit, e.event.position?.prepare, e.commitPosition])),
  );
  const inAll = (await all(c.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 50 })))
    .filter((e) => e.event?.streamId === st)
    .reverse();
  say(
    'events read from $all',
    J(inAll.map((e) => [e.event.type, e.event.position?.commit, e.event.position?.prepare, e.commitPosition])),
  );
  const mid = inAll[1].event.position;
  say(
    'readAll forward from the 2nd',
    J((await all(c.readAll({ fromPosition: mid, maxCount: 2 }))).map((e) => e.event.type)),
  );
  say(
    'readAll backward from the 2nd',
    J((await all(c.readAll({ direction: BACKWARDS, fromPosition: mid, maxCount: 2 }))).map((e) => e.event.type)),
  );
  say(
    'readStream forward from 1n',
    J((await all(c.readStream(st, { fromRevision: 1n }))).map((e) => e.event.type)),
    'backward from 1n',
    J((await all(c.readStream(st, { direction: BACKWARDS, fromRevision: 1n }))).map((e) => e.event.type)),
    'backward END',
    J((await all(c.readStream(st, { direction: BACKWARDS, fromRevision: END, maxCount: 1 }))).map((e) => e.event.type)),
  );
  say('readStream from beyond the end', await all(c.readStream(st, { fromRevision: 10n })).then((x) => x.length, err));
  say('missing stream', await all(c.readStream(s('nope'))).then((x) => x.length, err));
  say(
    'missing backwards',
    await all(c.readStream(s('nope'), { direction: BACKWARDS, fromRevision: END, maxCount: 1 })).then(
      (x) => x.length,
      err,
    ),
  );
  const got = [];
  const sub = c.subscribeToAll({ fromPosition: mid, filter: streamNameFilter({ prefixes: [st] }) });
  await T(
    (async () => {
      for await (const e of sub) {
        got.push(e.event.type);
        if (got.includes('P3')) break;
      }
    })(),
    4000,
  );
  await sub.unsubscribe();
  say('subscribeToAll after the 2nd', J(got));
  const got2 = [];
  const sub2 = c.subscribeToStream(st, { fromRevision: 1n });
  await T(
    (async () => {
      for await (const e of sub2) {
        got2.push(e.event.type);
        if (got2.includes('P3')) break;
      }
    })(),
    4000,
  );
  await sub2.unsubscribe();
  say('subscribeToStream after 1n', J(got2));
  say(
    'readAll from a position between events',
    await all(c.readAll({ fromPosition: { commit: mid.commit + 1n, prepare: mid.prepare + 1n }, maxCount: 2 })).then(
      (x) => J(x.map((e) => e.event.type)),
      err,
    ),
  );
  say(
    'readAll from commit only (prepare = commit)',
    await all(c.readAll({ fromPosition: { commit: mid.commit, prepare: mid.commit }, maxCount: 2 })).then(
      (x) => J(x.map((e) => e.event.type)),
      err,
    ),
  );
  say(
    'readAll far beyond the end',
    await T(
      all(c.readAll({ fromPosition: { commit: 10n ** 15n, prepare: 10n ** 15n }, maxCount: 2 })).then(
        (x) => x.length,
        err,
      ),
      5000,
    ),
  );
  say('first of $all', J((await all(c.readAll({ maxCount: 1 }))).map((e) => [e.event.streamId, e.event.type])));
});
await part('delete', async () => {
  const st = s('soft');
  await c.appendToStream(st, [ev('D1'), ev('D2')], { expectedRevision: NO_STREAM, ...cred });
  say('soft delete', J(await c.deleteStream(st).catch(err)));
  say('read', await all(c.readStream(st)).then((x) => x.length, err));
  say('append no_stream after it', await res(c.appendToStream(st, ev('D3'), { expectedRevision: NO_STREAM, ...cred })));
  const again = s('soft2');
  await c.appendToStream(again, [ev('D1'), ev('D2')], { expectedRevision: NO_STREAM, ...cred });
  await c.deleteStream(again, { expectedRevision: 1n });
  say('append at 1n after it', await res(c.appendToStream(again, ev('D3'), { expectedRevision: 1n, ...cred })));
  say('read', J((await all(c.readStream(again))).map((e) => [e.event.type, e.event.revision])));
  const t = s('tomb');
  await c.appendToStream(t, ev('T1'), { expectedRevision: NO_STREAM, ...cred });
  say('tombstone', J(await c.tombstoneStream(t).catch(err)));
  say('read', await all(c.readStream(t)).then((x) => x.length, err));
  say('append plain', await res(c.appendToStream(t, ev(), { expectedRevision: ANY, ...cred })));
  say('append batch', await res(c.appendToStream(t, ev(), { expectedRevision: ANY })));
  say(
    'subscribe to a tombstoned stream',
    await T(
      (async () => {
        const sub = c.subscribeToStream(t, { fromRevision: START });
        try {
          for await (const e of sub) return 'event ' + e.event.type;
          return 'ended';
        } finally {
          await sub.unsubscribe().catch(() => {});
        }
      })().catch(err),
      3000,
    ),
  );
  say('soft delete with a stale revision', await c.deleteStream(s('pos'), { expectedRevision: 0n }).then(J, err));
});
await part('filter', async () => {
  const p = s('f');
  for (let i = 0; i < 40; i++)
    await c.appendToStream(`${p}-keep-${i % 4}`, ev('Keep', { i }), { expectedRevision: ANY, ...cred });
  for (let i = 0; i < 500; i++) await c.appendToStream(`${p}-noise`, ev('Noise'), { expectedRevision: ANY, ...cred });
  const cps = [];
  const flags = [];
  const got = [];
  const sub = c.subscribeToAll({
    fromPosition: START,
    filter: streamNameFilter({
      prefixes: [`${p}-keep`],
      checkpointInterval: 1,
      checkpointReached: async (_s, pos) => {
        cps.push([pos.commit, got.length]);
      },
    }),
  });
  for (const x of ['caughtUp', 'fellBehind', 'confirmation', 'error', 'end', 'close'])
    sub.on(x, () => flags.push(`${x}@${got.length}`));
  const done = (async () => {
    for await (const e of sub) {
      got.push(e.event.data.i);
      if (got.length >= 41) break;
    }
  })();
  await new Promise((r) => setTimeout(r, 2500));
  await c.appendToStream(`${p}-keep-0`, ev('Keep', { i: 'live' }), { expectedRevision: ANY, ...cred });
  await T(done, 4000);
  await sub.unsubscribe();
  say(
    'got',
    got.length,
    'in order',
    J(got.slice(0, 40)) === J([...Array(40).keys()]),
    'checkpoints',
    cps.length > 1,
    'the first is 0 and comes before any event',
    cps[0]?.[0] === 0n && cps[0]?.[1] === 0,
    'flags',
    flags.join(','),
  );
  say(
    'readAll with a filter: is it applied',
    await all(
      c.readAll({
        filter: streamNameFilter({ prefixes: [`${p}-keep`] }),
        maxCount: 600,
        direction: BACKWARDS,
        fromPosition: END,
      }),
    ).then((x) => x.every((e) => e.event?.streamId.startsWith(p + '-keep')), err),
  );
  const got3 = [];
  const sub3 = c.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() });
  sub3.on('caughtUp', () => got3.push('CAUGHT'));
  await T(
    (async () => {
      for await (const e of sub3) got3.push(e.event.type);
    })(),
    3000,
  ).catch(err);
  await sub3.unsubscribe();
  say(
    'excludeSystemEvents: system among them',
    got3.filter((t) => t !== 'CAUGHT' && t.startsWith('$')).length,
    'caught up after the last one',
    got3.indexOf('CAUGHT') === got3.length - 1,
  );
  const up = [];
  const sub4 = c.subscribeToAll({ fromPosition: START });
  sub4.on('caughtUp', () => up.push('CAUGHT'));
  await T(
    (async () => {
      for await (const e of sub4) up.push(e.event.streamId);
    })(),
    3000,
  ).catch(err);
  await sub4.unsubscribe();
  say(
    'unfiltered: caught up after the last one',
    up.indexOf('CAUGHT') === up.length - 1,
    'system streams among them',
    up.some((x) => x.startsWith('$')),
  );
});
await part('order', async () => {
  // many writers, one follower that resumes when it is dropped: each stream's order, every event once
  const p = s('o');
  const got = [];
  const N = 32,
    M = 40;
  let after = (await all(c.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 })))[0].event.position;
  let why = new Set();
  const done = (async () => {
    while (got.length < N * M) {
      const sub = c.subscribeToAll({ fromPosition: after, filter: streamNameFilter({ prefixes: [p] }) });
      try {
        for await (const e of sub) {
          got.push([e.event.streamId, e.event.revision, e.event.position]);
          after = e.event.position;
          if (got.length % 16 === 0) await new Promise((r) => setTimeout(r, 10));
          if (got.length === N * M) break;
        }
      } catch (e) {
        why.add(err(e));
      } finally {
        await sub.unsubscribe().catch(() => {});
      }
    }
  })();
  await Promise.all(
    [...Array(N).keys()].map(async (w) => {
      for (let i = 0; i < M; i++)
        await c.appendToStream(`${p}-${w}`, ev('O', { i }), {
          expectedRevision: i ? BigInt(i - 1) : NO_STREAM,
          ...cred,
        });
    }),
  );
  await T(done, 20000);
  const seen = new Map();
  let bad = 0;
  let back = 0;
  let prev = -1n;
  for (const [st, r, pos] of got) {
    if ((seen.get(st) ?? -1n) + 1n !== r) bad++;
    seen.set(st, r);
    if (pos.commit <= prev) back++;
    prev = pos.commit;
  }
  say(
    'received',
    got.length === N * M,
    'out of order or doubled',
    bad,
    'positions going back',
    back,
    'dropped because',
    [...why].join('; ') || 'never',
  );
  let conf = 0;
  const act = [];
  await Promise.all(
    [...Array(8).keys()].map(() =>
      c.appendToStream(`${p}-race`, ev('R'), { expectedRevision: NO_STREAM, ...cred }).catch((e) => {
        conf++;
        act.push(e.actualVersion);
      }),
    ),
  );
  say('8 at once with no_stream', `conflicts ${conf}`, J(act), 'stored', (await all(c.readStream(`${p}-race`))).length);
});
await part('deadline', async () => {
  say(
    'plain with deadline 1 ms',
    (await res(c.appendToStream(s('dl'), ev(), { expectedRevision: ANY, ...cred, deadline: 1 }))).replace(/msg=.*/, ''),
  );
  say(
    'wrong credentials',
    await res(
      c.appendToStream(s('cr'), ev(), { expectedRevision: ANY, credentials: { username: 'admin', password: 'wrong' } }),
    ),
  );
});
await part('metadata', async () => {
  const st = s('meta');
  const e = jsonEvent({
    type: 'M',
    data: { n: 0.1, big: 1e21, neg: -0, nested: [{}], z: null },
    metadata: { a: 'ü', deep: { b: [1, 2] } },
  });
  await c.appendToStream(st, e, { expectedRevision: NO_STREAM, ...cred });
  const [r] = await all(c.readStream(st));
  say(
    'data',
    J(r.event.data),
    'metadata',
    J(r.event.metadata),
    'id same',
    r.event.id === e.id,
    'created',
    r.event.created instanceof Date,
    Math.abs(Date.now() - r.event.created) < 60000,
    'contentType/isJson',
    r.event.isJson,
    r.event.contentType,
  );
  say(
    'no metadata',
    await (async () => {
      await c.appendToStream(s('nometa'), jsonEvent({ type: 'N', data: {} }), { expectedRevision: NO_STREAM, ...cred });
      const [x] = await all(c.readStream(s('nometa')));
      return J(x.event.metadata);
    })(),
  );
});
await c.dispose();
process.exit(0);
