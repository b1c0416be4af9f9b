import { randomUUID } from 'node:crypto';
import { streamOf } from '#fact/stream-kind';
import type { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import { followUpStreams } from '#follow-up/follow-up';
import { OutcomeUnknown, StoreUnavailable, type AppendResult, type EventStore } from '#ledger/stream/port';
import { defaultPolicy } from '#policy/default-policy';
import { derivedId } from '#privacy/secrets';
import { BREAK_PROMISE, causedBy, EVALUATE_RECURRENCE, followUpIdOf } from './causes.ts';
import { Apologise, ApologyBody, MessageBody, RecordMessage, Thank, ThanksBody } from './commands/conversation.ts';
import { Close, ClosureBody, Reopen, ReopeningBody, ResolutionBody, Resolve } from './commands/ending.ts';
import { OutcomeBody, RecordOutcome } from './commands/follow-up-calls.ts';
import { Correct, CorrectionBody } from './commands/remedy.ts';
import { Explain, ExplanationBody } from './commands/causes.ts';
import { FulfilPromise, FulfilmentBody, MakePromise, PromiseBody } from './commands/promises.ts';
import { OriginBody, ReceiptBody } from './commands/receive-body.ts';
import { Receive } from './commands/receive.ts';
import { Desk } from './desk.ts';
import { body, by, codeOf, deskInMemory, taken, type DeskInMemory } from './desk.stories.ts';
import { FollowUpDesk, systemRequest } from './follow-up-desk.ts';
import { readComplaint } from './queries/read-complaint.ts';
import { readFollowUp } from './queries/read-follow-up.ts';
import { OpenFollowUp, SupersedeFollowUp } from './system/conduct-calls.ts';
import { EvaluateRecurrence } from './system/evaluate-recurrence.ts';
import { BreakPromise, MissClock } from './system/mark-missed.ts';

/** What happens between a complaint's stream and its calls' (docs/formats.md, Two streams, one decision), and what the system does. */

let desk: DeskInMemory;
/** Appends to streams of this kind fail while it is set: a crash between two streams. */
let broken: string | undefined;
/** Appends to streams of this kind are acknowledged and lost while it is set: the server fails over each time. */
let losing: string | undefined;
let failOvers = 0;
/** Streams of this name cannot be read while it is set. */
let unread: string | undefined;
/** Runs once, before the next append to a complaint: somebody else is faster. */
let meanwhile: (() => Promise<void>) | undefined;

const unreliable = (store: InMemoryEventStore): EventStore =>
  new Proxy<EventStore>(store, {
    get: (target, name) => {
      if (name === 'interruptions') return failOvers;
      if (name === 'append')
        return async (...args: Parameters<EventStore['append']>) => {
          if (broken !== undefined && args[0].startsWith(broken)) throw new Error('the process died here');
          if (losing !== undefined && args[0].startsWith(losing)) {
            if (++failOvers > 3) throw new Error('asked without end');
            return { position: '0', deduplicated: false } as unknown as AppendResult;
          }
          const first = meanwhile;
          meanwhile = undefined;
          await first?.();
          return target.append(...args);
        };
      if (name === 'readStream')
        return (...args: Parameters<EventStore['readStream']>) => {
          if (args[0] === unread) throw new StoreUnavailable('gone');
          return target.readStream(...args);
        };
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
    },
  });

beforeEach(async () => {
  broken = losing = unread = undefined;
  failOvers = 0;
  meanwhile = undefined;
  desk = await deskInMemory(unreliable);
});
afterEach(() => desk.close());

const factsOf = async (stream: string) => {
  const facts = [];
  for await (const fact of desk.store.readStream(stream)) facts.push(fact);
  return facts;
};
const complaintFacts = (id: string) => factsOf(streamOf('complaint', id));
const callFacts = async (id: string): Promise<string[]> =>
  (await factsOf(streamOf('follow-up', id))).map(({ type }) => type);

const received = async (also: Partial<ReceiptBody> = {}): Promise<{ id: string; issue: string }> => {
  const answer = taken(
    await desk.send(
      new Receive(body(ReceiptBody, { channel: 'phone', words: 'Nobody called.', ...also }), by('handler', '/c')),
    ),
  );
  return { id: answer.id, issue: (answer.members!['issues'] as { id: string }[])[0]!.id };
};
const resolve = (id: string, key?: string, where: 'send' | 'sendElsewhere' = 'send') =>
  desk[where](
    new Resolve(
      id,
      body(ResolutionBody, { text: 'Done.' }),
      by('handler', `/c/${id}/resolutions`, key === undefined ? {} : { idempotencyKey: key }),
    ),
  );
const reopen = (id: string, key?: string, where: 'send' | 'sendElsewhere' = 'send') =>
  desk[where](
    new Reopen(
      id,
      body(ReopeningBody, { reason: 'Again.' }),
      by('handler', `/c/${id}/reopenings`, key === undefined ? {} : { idempotencyKey: key }),
    ),
  );
const close = (id: string) => desk.send(new Close(id, body(ClosureBody, {}), by('handler', '/x')));
const reached = (call: string) =>
  desk.send(new RecordOutcome(call, body(OutcomeBody, { solution: 5, attitude: 5 }), by('handler', '/x')));

/** All but the resolution and the call. */
const conducted = async (): Promise<string> => {
  const { id, issue } = await received();
  await desk.send(new Thank(id, body(ThanksBody, { why: 'So.' }), by('handler', '/x')));
  await desk.send(new Apologise(id, body(ApologyBody, { form: 'spoken', words: 'Sorry.' }), by('handler', '/x')));
  await desk.send(new Explain(id, body(ExplanationBody, { text: 'So it was.' }), by('handler', '/x')));
  await desk.send(new Correct(id, body(CorrectionBody, { issue, what: 'Called.' }), by('handler', '/x')));
  return id;
};

describe('an intake', () => {
  it('that is recorded, but whose answer cannot be told, is not answered as if nothing had been recorded', async () => {
    const intake = () =>
      desk.send(
        new Receive(
          body(ReceiptBody, { channel: 'phone', words: 'Nobody called.' }),
          by('handler', '/c', { idempotencyKey: 'k' }),
        ),
      );
    const first = taken(await intake());
    unread = 'policy';
    await expect(intake()).rejects.toThrow(OutcomeUnknown);
    unread = undefined;
    expect(await intake()).toEqual(first);
  });
});

describe('a resolution', () => {
  it('answers a call whose stream is open, under ids that follow from its fact', async () => {
    const { id } = await received();
    const answer = taken(await resolve(id));
    const resolution = answer.facts[0]!.id;
    const call = answer.members!['followUp'] as string;
    expect(call).toBe(followUpIdOf(resolution));
    const [opening] = await factsOf(streamOf('follow-up', call));
    expect(opening).toMatchObject({
      type: 'FollowUpOpened',
      position: answer.position,
      metadata: {
        commandId: derivedId(resolution, 'open-follow-up'),
        causationId: resolution,
        actor: { id: 'process-manager', role: 'system' },
      },
    });
  });

  it('whose call a crash left unopened opens it when it is repeated, and answers as it would have', async () => {
    const { id } = await received();
    broken = 'follow-up-';
    await expect(resolve(id, 'k')).rejects.toThrow(OutcomeUnknown);
    broken = undefined;
    const call = followUpIdOf((await complaintFacts(id)).at(-1)!.id);
    expect(await callFacts(call)).toEqual([]);
    expect(codeOf(await desk.ask(readFollowUp, { followUp: call }))).toBe('not-found');
    const answer = taken(await resolve(id, 'k'));
    expect(answer.members).toEqual({ followUp: call });
    expect(await callFacts(call)).toEqual(['FollowUpOpened']);
    expect(await resolve(id, 'k')).toEqual(answer);
    expect((await complaintFacts(id)).map(({ type }) => type)).toEqual(['ComplaintReceived', 'ComplaintResolved']);
  });

  it('whose call a crash left unopened gets it from the process manager, once', async () => {
    const { id } = await received();
    broken = 'follow-up-';
    await expect(resolve(id, 'k')).rejects.toThrow(OutcomeUnknown);
    broken = undefined;
    const resolution = (await complaintFacts(id)).at(-1)!.id;
    expect(await desk.send(new OpenFollowUp(id, resolution))).toMatchObject({
      kind: 'recorded',
      facts: [{ type: 'FollowUpOpened' }],
    });
    await desk.send(new OpenFollowUp(id, resolution));
    await resolve(id, 'k');
    expect(await callFacts(followUpIdOf(resolution))).toEqual(['FollowUpOpened']);
  });

  it('whose call cannot be opened is not answered as if nothing had been recorded', async () => {
    const { id } = await received();
    broken = 'follow-up-';
    const error: unknown = await resolve(id, 'k').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OutcomeUnknown);
    expect(error).toMatchObject({ cause: { message: 'the process died here' } });
    expect((await complaintFacts(id)).at(-1)!.type).toBe('ComplaintResolved');
  });

  it('whose call the ledger refuses is not answered with a call', async () => {
    const { id } = await received();
    await resolve(id);
    const calls = new FollowUpDesk(new Desk(desk.parts));
    const { state, fact } = (await calls.complaintAt(id, (await complaintFacts(id)).at(-1)!.id))!;
    // In the future, even for the clock that recorded it: no such resolution gets into the ledger.
    const impossible = { ...fact, id: randomUUID(), effectiveAt: '2030-01-01T00:00:00.000Z' };
    await expect(calls.open(state, impossible)).rejects.toThrow(StoreUnavailable);
    expect(await callFacts(followUpIdOf(impossible.id))).toEqual([]);
  });

  it('has its call when the clock went back, no earlier than itself', async () => {
    const { id } = await received();
    desk.later({ minutes: -1 });
    const call = taken(await resolve(id)).members!['followUp'] as string;
    const { recordedAt } = (await complaintFacts(id)).at(-1)!.metadata;
    expect(recordedAt).toBe('2026-03-02T09:00:00.000Z');
    expect((await factsOf(streamOf('follow-up', call))).map(({ metadata }) => metadata.recordedAt)).toEqual([
      recordedAt,
    ]);
  });

  it('has its call from a process manager whose clock is behind', async () => {
    const { id } = await received();
    broken = 'follow-up-';
    await expect(resolve(id)).rejects.toThrow(OutcomeUnknown);
    broken = undefined;
    desk.later({ hours: -1 });
    const resolution = (await complaintFacts(id)).at(-1)!.id;
    expect(await desk.send(new OpenFollowUp(id, resolution))).toMatchObject({ kind: 'recorded' });
    expect(await callFacts(followUpIdOf(resolution))).toEqual(['FollowUpOpened']);
  });

  it('whose call is opened late has it under the policy of the resolution', async () => {
    const { id } = await received();
    broken = 'follow-up-';
    await expect(resolve(id)).rejects.toThrow(OutcomeUnknown);
    broken = undefined;
    await desk.adopt({ followUp: { ...defaultPolicy.followUp, attempts: 7 } });
    const resolution = (await complaintFacts(id)).at(-1)!;
    await desk.send(new OpenFollowUp(id, resolution.id));
    expect(await factsOf(streamOf('follow-up', followUpIdOf(resolution.id)))).toMatchObject([
      {
        data: { attemptLimit: defaultPolicy.followUp.attempts },
        metadata: { policyVersion: resolution.metadata.policyVersion },
      },
    ]);
  });

  it('of a migrated complaint has no call', async () => {
    const { id } = await received({ origin: body(OriginBody, { system: 'cfpb', migrated: true }) });
    const answer = taken(await resolve(id));
    expect(answer.members).toBeUndefined();
    expect(await desk.send(new OpenFollowUp(id, answer.facts[0]!.id))).toEqual({ kind: 'nothing' });
    expect(await callFacts(followUpIdOf(answer.facts[0]!.id))).toEqual([]);
  });

  it('said again answers the call of the one that stands', async () => {
    const { id } = await received();
    const { members } = taken(await resolve(id));
    expect(taken(await resolve(id))).toMatchObject({ facts: [], members });
  });
});

describe('a reopening', () => {
  it('supersedes the open call; the next resolution has a call of its own', async () => {
    const { id } = await received();
    const first = taken(await resolve(id)).members!['followUp'] as string;
    const answer = taken(await reopen(id, 'r'));
    expect(await callFacts(first)).toEqual(['FollowUpOpened', 'FollowUpSuperseded']);
    const second = taken(await resolve(id)).members!['followUp'] as string;
    expect(second).not.toBe(first);
    // What was superseded is told again in the same way, and the newer call stays.
    expect(await reopen(id, 'r')).toEqual(answer);
    expect(await desk.send(new SupersedeFollowUp(id, answer.facts[0]!.id))).toMatchObject({ kind: 'recorded' });
    expect([await callFacts(first), await callFacts(second)]).toEqual([
      ['FollowUpOpened', 'FollowUpSuperseded'],
      ['FollowUpOpened'],
    ]);
  });

  it('leaves a call that reached the customer as it is', async () => {
    const { id } = await received();
    const call = taken(await resolve(id)).members!['followUp'] as string;
    await reached(call);
    await reopen(id);
    expect(await callFacts(call)).toEqual(['FollowUpOpened', 'CustomerReached']);
  });

  it('gives up on a call that is gone as soon as it is opened', async () => {
    const { id } = await received();
    broken = 'follow-up-';
    await expect(resolve(id)).rejects.toThrow(OutcomeUnknown);
    broken = undefined;
    losing = 'follow-up-';
    await expect(reopen(id)).rejects.toThrow(OutcomeUnknown);
    const reopening = (await complaintFacts(id)).at(-1)!;
    expect(reopening.type).toBe('ComplaintReopened');
    expect(failOvers).toBe(1);
    await expect(desk.send(new SupersedeFollowUp(id, reopening.id))).rejects.toThrow(StoreUnavailable);
    expect(failOvers).toBe(2);
  });

  it('after a crash between two streams opens and supersedes what was left, answered alike', async () => {
    const { id } = await received();
    broken = 'follow-up-';
    await expect(resolve(id)).rejects.toThrow(OutcomeUnknown);
    broken = undefined;
    const call = followUpIdOf((await complaintFacts(id)).at(-1)!.id);
    const answer = await reopen(id, 'r');
    expect(await callFacts(call)).toEqual(['FollowUpOpened', 'FollowUpSuperseded']);
    expect(await reopen(id, 'r')).toEqual(answer);
  });
});

describe('closing', () => {
  it('reads both streams and keeps which call made sure', async () => {
    const id = await conducted();
    const call = taken(await resolve(id)).members!['followUp'] as string;
    expect(codeOf(await close(id))).toBe('not-ready-to-close');
    await reached(call);
    taken(await close(id));
    expect((await complaintFacts(id)).at(-1)!.data).toEqual({
      followUp: { id: call, revision: 1, standing: 'reached' },
    });
  });

  it('needs the call of the latest resolution, not an older one', async () => {
    const id = await conducted();
    await reached(taken(await resolve(id)).members!['followUp'] as string);
    await reopen(id);
    await resolve(id);
    const refusal = await close(id);
    expect(refusal).toMatchObject({
      refusal: { code: 'not-ready-to-close', members: { missing: [{ code: 'follow-up' }] } },
    });
  });

  it('looks at both streams anew when somebody was faster', async () => {
    const id = await conducted();
    await reached(taken(await resolve(id)).members!['followUp'] as string);
    meanwhile = async () => {
      await reopen(id, undefined, 'sendElsewhere');
      await resolve(id, undefined, 'sendElsewhere');
    };
    expect(codeOf(await close(id))).toBe('not-ready-to-close');
    expect((await complaintFacts(id)).map(({ type }) => type)).not.toContain('ComplaintClosed');
  });
});

describe('the system', () => {
  const promised = async (due: string) => {
    const { id } = await received();
    const promise = taken(
      await desk.send(new MakePromise(id, body(PromiseBody, { what: 'update', due }), by('handler', '/x'))),
    ).id;
    const made = (await complaintFacts(id)).at(-1)!;
    return { id, promise, cause: causedBy({ id: made.id, correlationId: made.metadata.correlationId }, BREAK_PROMISE) };
  };

  it('asks a rule at no earlier time than its cause was recorded', async () => {
    const another = new Desk(desk.parts);
    const recordedAt = '2026-03-02T09:05:00.000Z';
    const cause = causedBy({ id: randomUUID(), correlationId: randomUUID(), recordedAt }, BREAK_PROMISE);
    const asked: unknown[] = [];
    await another.write(
      followUpStreams,
      streamOf('follow-up', randomUUID()),
      systemRequest(another, cause, {}),
      (_, told) => {
        asked.push(told.now, told.at);
        return { kind: 'nothing' };
      },
    );
    expect(asked).toEqual([recordedAt, recordedAt]);
  });

  it('marks a broken promise once, effective at its due', async () => {
    const { id, promise, cause } = await promised('2026-03-02T10:00:00Z');
    expect(await desk.send(new BreakPromise(id, promise, cause))).toEqual({ kind: 'nothing' });
    desk.later({ hours: 3 });
    const marked = await desk.send(new BreakPromise(id, promise, cause));
    expect(marked).toMatchObject({ kind: 'recorded', facts: [{ type: 'PromiseBroken' }] });
    expect(await desk.send(new BreakPromise(id, promise, cause))).toEqual(marked);
    expect(await desk.send(new BreakPromise(id, promise, { ...cause, commandId: randomUUID() }))).toEqual({
      kind: 'nothing',
    });
    expect((await complaintFacts(id)).at(-1)!.metadata).toMatchObject({
      effectiveAt: '2026-03-02T10:00:00.000Z',
      causationId: cause.causationId,
      actor: { role: 'system', assurance: 'authenticated' },
    });
  });

  it('does not mark a promise that was kept in time, whenever that was recorded', async () => {
    const { id, promise, cause } = await promised('2026-03-02T10:00:00Z');
    desk.later({ hours: 3 });
    await desk.send(
      new FulfilPromise(
        id,
        body(FulfilmentBody, { effectiveAt: '2026-03-02T09:30:00Z' }),
        by('handler', '/x'),
        promise,
      ),
    );
    expect(await desk.send(new BreakPromise(id, promise, cause))).toEqual({ kind: 'nothing' });
  });

  it('marks a promise that was due before the complaint arrived at its receipt', async () => {
    const { id, promise, cause } = await promised('2020-01-01T00:00:00Z');
    desk.later({ minutes: 1 });
    await desk.send(new BreakPromise(id, promise, cause));
    expect((await complaintFacts(id)).at(-1)).toMatchObject({
      type: 'PromiseBroken',
      metadata: { effectiveAt: '2026-03-02T09:00:00.000Z' },
    });
  });

  it('marks a missed first response once; a timely one recorded later is told beside it', async () => {
    const { id } = await received();
    const [receipt] = await complaintFacts(id);
    const cause = causedBy({ id: receipt!.id, correlationId: receipt!.metadata.correlationId }, 'miss-first-response');
    const { due } = (receipt!.data as { dues: [{ due: string }] }).dues[0];
    expect(await desk.send(new MissClock(id, 'first-response', due, cause))).toEqual({ kind: 'nothing' });
    desk.later({ hours: 24 });
    expect(await desk.send(new MissClock(id, 'first-response', due, cause))).toMatchObject({ kind: 'recorded' });
    const message = body(MessageBody, {
      direction: 'out',
      channel: 'email',
      text: 'Hello.',
      effectiveAt: '2026-03-02T12:00:00Z',
    });
    const told = taken(await desk.send(new RecordMessage(id, message, by('handler', '/x'))));
    expect(told.facts.map(({ type }) => type)).toEqual(['MessageRecorded', 'FirstResponseFoundTimely']);
  });

  it('notices a recurrence once, and nothing that it has evaluated already', async () => {
    const { id } = await received();
    const [receipt] = await complaintFacts(id);
    const cause = causedBy({ id: receipt!.id, correlationId: receipt!.metadata.correlationId }, EVALUATE_RECURRENCE);
    const evaluation = { group: { category: 'delivery-late' }, count: 3, evidence: [id], through: 3 };
    const noticed = await desk.send(new EvaluateRecurrence(evaluation, cause, 0));
    expect(noticed).toMatchObject({ kind: 'recorded', facts: [{ type: 'RecurrenceNoticed' }] });
    expect(await desk.send(new EvaluateRecurrence({ ...evaluation, count: 4 }, cause, 0))).toEqual(noticed);
    const later = { ...cause, commandId: randomUUID() };
    expect(await desk.send(new EvaluateRecurrence({ ...evaluation, through: 2, count: 1 }, later, 0))).toEqual({
      kind: 'nothing',
    });
    expect(await desk.send(new EvaluateRecurrence({ ...evaluation, through: 4, count: 1 }, later, 0))).toMatchObject({
      facts: [{ type: 'RecurrenceSubsided' }],
    });
  });
});

describe('a complaint whose person was erased', () => {
  it('is read as before, and says "erased" where words were', async () => {
    const id = await conducted();
    const view = async () =>
      (await desk.ask(readComplaint, { complaint: id })) as unknown as {
        value: Record<string, unknown>;
        revision: number;
      };
    const before = await view();
    await desk.keys.erase((before.value['customer'] as { id: string }).id);
    const after = await view();
    expect(after.value['words']).toEqual({ erased: true });
    const withoutWords = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (key, member: unknown) =>
          ['words', 'why', 'text', 'what'].includes(key) ? undefined : member,
        ),
      );
    expect(withoutWords(after.value)).toEqual(withoutWords(before.value));
    expect(JSON.stringify(after.value)).not.toContain('Called.');
  });
});
