import { randomUUID } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import { nothing, recorded, refused } from '#fact/decision';
import { defineEvent, type EventOf } from '#fact/define-event';
import type { Fact } from '#fact/fact';
import { personalText, type Personal } from '#fact/personal';
import type { StreamKind } from '#fact/stream-kind';
import { personal, Uuid } from '#fact/vocabulary';
import { InMemoryKeyTable } from '#privacy/in-memory-key-table';
import { MasterKey } from '#privacy/master-key';
import { ERASED, Vault } from '#privacy/vault';
import { digestOf } from './digest.ts';
import { InMemoryEventStore } from '../adapters/in-memory/in-memory-event-store.ts';
import {
  AppendRejected,
  ConcurrencyConflict,
  OutcomeUnknown,
  StoreUnavailable,
  type AppendResult,
  type EventStore,
  type RecordedEvent,
} from './port.ts';
import { StreamMemory } from './stream-memory.ts';
import { EFFECT_IN_FUTURE, transact, type Outcome, type Request, type TransactOptions } from './transact.ts';

const caseOpened = defineEvent({
  type: 'CaseOpened',
  noun: 'complaint',
  means: 'A case began.',
  data: Type.Object({ subject: Uuid }),
});
const noteTaken = defineEvent({
  type: 'NoteTaken',
  noun: 'complaint',
  means: 'Somebody took a note.',
  data: Type.Object({ words: personal() }),
});
type CaseEvent = EventOf<typeof caseOpened> | EventOf<typeof noteTaken>;
interface Case {
  readonly subject: string;
  readonly notes: readonly Personal[];
}
const cases: StreamKind<Case, CaseEvent> = {
  noun: 'complaint',
  events: [caseOpened, noteTaken],
  evolve: (state, fact) =>
    fact.type === 'CaseOpened'
      ? { subject: fact.data.subject, notes: [] }
      : { subject: state!.subject, notes: [...state!.notes, fact.data.words] },
  subjects: (state) => ({ complainant: state.subject }),
};

const factsOf = (outcome: Outcome<Case>): readonly Fact[] => (outcome.kind === 'recorded' ? outcome.facts : []);

describe('transact', () => {
  const subject = randomUUID();
  let stream: string;
  let keys: InMemoryKeyTable;
  let store: InMemoryEventStore;
  let vault: Vault;
  let clock: string;
  beforeEach(() => {
    stream = `complaint-${randomUUID()}`;
    keys = new InMemoryKeyTable();
    store = new InMemoryEventStore(keys);
    vault = new Vault(keys, MasterKey.mint().key);
    clock = '2026-03-01T09:00:00.000Z';
  });

  const request = (over: Partial<Request> = {}): Request => ({
    commandId: randomUUID(),
    requestDigest: 'd1',
    actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
    correlationId: randomUUID(),
    ...over,
  });
  type Over = Partial<Omit<TransactOptions<Case, CaseEvent>, 'request'>> & { request?: Partial<Request> };
  const run = (
    decide: TransactOptions<Case, CaseEvent>['decide'],
    { request: asked, ...over }: Over = {},
  ): Promise<Outcome<Case>> =>
    transact({
      store,
      vault,
      kind: cases,
      stream,
      now: () => new Date(clock),
      decide,
      ...over,
      request: request(asked),
    });
  const open: TransactOptions<Case, CaseEvent>['decide'] = (state) => ({
    decision: state ? nothing : recorded(caseOpened({ subject })),
    policyVersion: 3,
  });
  const note =
    (text: string): TransactOptions<Case, CaseEvent>['decide'] =>
    () => ({ decision: recorded(noteTaken({ words: personalText(text) })), policyVersion: 3 });
  const facts = async (): Promise<RecordedEvent[]> => {
    const all: RecordedEvent[] = [];
    for await (const fact of store.readStream(stream)) all.push(fact);
    return all;
  };
  const words = async (): Promise<unknown[]> => {
    const all: unknown[] = [];
    await run((state) => (all.push(...(state?.notes ?? [])), { decision: nothing, policyVersion: 3 }));
    return Promise.all(all.map((one) => vault.read(one as Personal)));
  };
  const failing = (
    append: (real: () => Promise<AppendResult>, attempt: number) => Promise<AppendResult>,
  ): EventStore => {
    let attempt = 0;
    return new Proxy(store, {
      get: (target, name) => {
        if (name !== 'append')
          return Reflect.get(target, name, target) instanceof Function
            ? (Reflect.get(target, name, target) as () => unknown).bind(target)
            : Reflect.get(target, name, target);
        return (...args: Parameters<EventStore['append']>) => append(() => target.append(...args), ++attempt);
      },
    });
  };

  it('records what was decided: who, when, why, under which policy, sealed and chained', async () => {
    await run(open);
    const causationId = randomUUID();
    const asked = request({ causationId, traceparent: '00-a-b-01', effectiveAt: '2026-03-01T09:00:00.000Z' });
    clock = '2026-03-01T09:05:00.000Z';
    const outcome = await run(note('too dear'), { request: asked });
    const [first, second] = await facts();
    expect(second).toMatchObject({
      type: 'NoteTaken',
      revision: 1n,
      data: { words: { $enc: 1 } },
      metadata: {
        schemaVersion: 1,
        commandId: asked.commandId,
        requestDigest: 'd1',
        actor: asked.actor,
        correlationId: asked.correlationId,
        causationId,
        traceparent: '00-a-b-01',
        recordedAt: clock,
        effectiveAt: '2026-03-01T09:00:00.000Z',
        policyVersion: 3,
        previousDigest: first!.metadata.digest,
      },
    });
    expect(first!.metadata.previousDigest).toBeNull();
    for (const fact of [first!, second!]) expect(digestOf(fact)).toBe(fact.metadata.digest);
    expect(outcome).toMatchObject({
      kind: 'recorded',
      repeated: false,
      revision: 1,
      position: second!.position,
      facts: [{ id: second!.id, revision: 1 }],
      state: { subject },
    });
    expect(await words()).toEqual(['too dear']);
    expect(JSON.stringify((await facts()).map((fact) => fact.data))).not.toContain('dear');
  });

  describe('the same command again', () => {
    it('is answered from what it recorded then, also behind later facts, and records nothing', async () => {
      const asked = request();
      await run(open);
      const first = await run(note('one'), { request: asked });
      await run(note('two'));
      const again = await run(
        () => {
          throw new Error('the rules are not asked');
        },
        { request: asked },
      );
      expect(again).toEqual({ ...first, repeated: true });
      expect(await words()).toEqual(['one', 'two']);
    });

    it('with another body is refused, before If-Match and the rules', async () => {
      const asked = request();
      await run(open, { request: asked });
      expect(await run(open, { request: { ...asked, requestDigest: 'd2', ifMatch: [99] } })).toMatchObject({
        kind: 'refused',
        refusal: { code: 'idempotency-key-reused' },
        revision: 0,
      });
    });

    it('is answered before its stale If-Match is looked at', async () => {
      await run(open);
      const asked = request({ ifMatch: [0] });
      await run(note('one'), { request: asked });
      expect(await run(note('one'), { request: asked })).toMatchObject({ kind: 'recorded', repeated: true });
    });

    it('sent many times at once is one fact', async () => {
      const asked = request();
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => run(open, { request: asked })));
      expect(await facts()).toHaveLength(1);
      expect(outcomes.map((outcome) => outcome.kind === 'recorded' && outcome.facts[0]!.id)).toEqual(
        Array(10).fill((await facts())[0]!.id),
      );
    });
  });

  it('leaves no trace of a refusal or of nothing, and decides anew next time', async () => {
    const asked = request();
    expect(
      await run(() => ({ decision: refused('already-closed', 'no'), policyVersion: 3 }), { request: asked }),
    ).toEqual({ kind: 'refused', refusal: { code: 'already-closed', detail: 'no' }, revision: undefined });
    expect(await run(() => ({ decision: nothing, policyVersion: 3 }), { request: asked })).toMatchObject({
      kind: 'nothing',
      revision: undefined,
      state: undefined,
    });
    expect(await run(open, { request: asked })).toMatchObject({ kind: 'recorded', repeated: false });
  });

  describe('If-Match', () => {
    beforeEach(async () => {
      await run(open);
      await run(note('one'));
    });
    it.each([[[1]], [[7, 1]], ['*']] as const)('%j holds at revision 1', async (ifMatch) =>
      expect(await run(note('two'), { request: { ifMatch } })).toMatchObject({ kind: 'recorded', revision: 2 }),
    );
    it('that is stale shows what was missed', async () =>
      expect(await run(note('two'), { request: { ifMatch: [0] } })).toMatchObject({
        kind: 'mismatch',
        revision: 1,
        missed: [{ type: 'NoteTaken', revision: 1 }],
      }));
    it('fails for a stream that does not exist', async () => {
      stream = `complaint-${randomUUID()}`;
      for (const ifMatch of ['*', [0]] as const)
        expect(await run(open, { request: { ifMatch } })).toEqual({
          kind: 'mismatch',
          revision: undefined,
          missed: [],
        });
    });
    it('fails when somebody was faster between reading and writing', async () => {
      const outcome = await run(note('mine'), {
        request: { ifMatch: [1] },
        store: failing(async (real, attempt) => (attempt === 1 && (await run(note('theirs'))), real())),
      });
      expect(outcome).toMatchObject({ kind: 'mismatch', revision: 2, missed: [{ revision: 2 }] });
    });
  });

  it('asks the rules again after a conflict, with what is so now', async () => {
    await run(open);
    const seen: number[] = [];
    const outcome = await run(
      (state) => (
        seen.push(state!.notes.length),
        { decision: recorded(noteTaken({ words: personalText('mine') })), policyVersion: 3 }
      ),
      {
        store: failing(async (real, attempt) => (attempt === 1 && (await run(note('theirs'))), real())),
      },
    );
    expect(seen).toEqual([0, 1]);
    expect(outcome).toMatchObject({ kind: 'recorded', revision: 2 });
    expect(await words()).toEqual(['theirs', 'mine']);
  });

  it('lets many commands at once all come through, one after the other', async () => {
    await run(open);
    await Promise.all(Array.from({ length: 12 }, (_, n) => run(note(`${n}`))));
    expect((await words()).map(Number).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  describe('when the ledger does not say what became of the facts', () => {
    it.each([
      [
        'they were stored, and the answer got lost',
        async (real: () => Promise<AppendResult>) => {
          await real();
          throw new OutcomeUnknown('lost');
        },
      ],
      [
        'they were not stored',
        async () => {
          throw new OutcomeUnknown('lost');
        },
      ],
      [
        'nothing could be sent',
        async () => {
          throw new StoreUnavailable('later');
        },
      ],
    ] as [string, (real: () => Promise<AppendResult>) => Promise<AppendResult>][])(
      'sends the same again: %s',
      async (_case, first) => {
        await run(open);
        const ids: string[][] = [];
        const spying = failing((real, attempt) => (attempt === 1 ? first(real) : real()));
        const watched = new Proxy(spying, {
          get: (target, name) =>
            name === 'append'
              ? (...args: Parameters<EventStore['append']>) => (
                  ids.push(args[2].map((event) => event.id)),
                  target.append(...args)
                )
              : (Reflect.get(target, name) as unknown),
        });
        const outcome = await run(note('once'), { store: watched });
        expect(outcome).toMatchObject({ kind: 'recorded', revision: 1 });
        expect(await words()).toEqual(['once']);
        expect(ids).toHaveLength(2);
        expect(ids[1]).toEqual(ids[0]);
        expect(factsOf(outcome).map((fact) => fact.id)).toEqual([(await facts())[1]!.id]);
      },
    );

    it('answers from what is stored when the store says that the facts were there', async () => {
      await run(open);
      const outcome = await run(note('once'), {
        store: failing(async (real) => ({ ...(await real()), deduplicated: true })),
      });
      expect(outcome).toMatchObject({ kind: 'recorded', revision: 1, facts: [{ id: (await facts())[1]!.id }] });
    });

    it('says so when patience ends: unknown, or certainly not stored', async () => {
      await run(open);
      await expect(
        run(note('x'), {
          patienceMs: 0,
          store: failing(async () => {
            throw new OutcomeUnknown('lost');
          }),
        }),
      ).rejects.toBeInstanceOf(OutcomeUnknown);
      await expect(
        run(note('x'), {
          patienceMs: 0,
          store: failing(async () => {
            throw new StoreUnavailable('later');
          }),
        }),
      ).rejects.toBeInstanceOf(StoreUnavailable);
    });

    it('does not call unstored what it stored but cannot read again', async () => {
      const asked = request();
      let stored = false;
      const blind = new Proxy(
        failing(async (real) => ({ ...(await real()), deduplicated: (stored = true) })),
        {
          get: (target, name) =>
            name === 'readStream' && stored
              ? async function* () {
                  throw new StoreUnavailable('later');
                }
              : (Reflect.get(target, name) as unknown),
        },
      );
      await expect(run(open, { store: blind, request: asked })).rejects.toBeInstanceOf(OutcomeUnknown);
      expect(await run(open, { request: asked })).toMatchObject({ kind: 'recorded', repeated: true });
    });

    it.each([new StoreUnavailable('later'), new AppendRejected('refused-by-store', 'denied')])(
      'never calls certainly unstored what was unknown once: %p',
      async (later) => {
        await run(open);
        const store = failing(async (_real, attempt) => {
          throw attempt === 1 ? new OutcomeUnknown('lost') : later;
        });
        await expect(run(note('x'), { patienceMs: 60, store })).rejects.toBeInstanceOf(OutcomeUnknown);
      },
    );
  });

  it('never calls certainly unstored what was unknown once, and cannot be read again', async () => {
    await run(open);
    let blind = false;
    const lost = failing(async (_real, attempt) => {
      if (attempt === 1) throw new OutcomeUnknown('lost');
      blind = true;
      throw new ConcurrencyConflict(stream, 0n, 1n);
    });
    const store = new Proxy(lost, {
      get: (target, name) =>
        name === 'readStream' && blind
          ? async function* () {
              throw new StoreUnavailable('later');
            }
          : (Reflect.get(target, name) as unknown),
    });
    await expect(run(note('x'), { store })).rejects.toBeInstanceOf(OutcomeUnknown);
  });

  describe('time', () => {
    it('is recorded as never going back within a stream', async () => {
      await run(open);
      clock = '2026-03-01T08:00:00.000Z';
      await run(note('by a slow clock'));
      expect((await facts()).map((fact) => fact.metadata.recordedAt)).toEqual([
        '2026-03-01T09:00:00.000Z',
        '2026-03-01T09:00:00.000Z',
      ]);
      expect((await facts())[1]!.metadata.effectiveAt).toBe('2026-03-01T09:00:00.000Z');
    });

    it('of effect may be any past for the first fact, and lies between that and now for the others', async () => {
      await run(open, { request: { effectiveAt: '1999-12-31T00:00:00.000Z' } });
      expect(await run(note('x'), { request: { effectiveAt: '1999-12-31T00:00:00.000Z' } })).toMatchObject({
        kind: 'recorded',
      });
      for (const [effectiveAt, code] of [
        ['1999-12-30T23:59:59.999Z', 'invalid-body'],
        ['2026-03-01T09:00:00.001Z', EFFECT_IN_FUTURE],
      ] as const)
        expect(await run(note('x'), { request: { effectiveAt } })).toMatchObject({
          kind: 'refused',
          refusal: { code, members: { errors: [{ pointer: '#/effectiveAt' }] } },
        });
      stream = `complaint-${randomUUID()}`;
      expect(await run(open, { request: { effectiveAt: '2026-03-01T09:00:00.001Z' } })).toMatchObject({
        kind: 'refused',
      });
      expect(await facts()).toEqual([]);
    });
  });

  describe('two facts in one command', () => {
    const both: TransactOptions<Case, CaseEvent>['decide'] = () => ({
      decision: recorded(caseOpened({ subject }), noteTaken({ words: personalText('both') })),
      policyVersion: 3,
    });

    it("stand together, chained, under one command id; the key's subject may come with them", async () => {
      const asked = request();
      const outcome = await run(both, { request: asked });
      const [first, second] = await facts();
      expect(outcome).toMatchObject({ kind: 'recorded', revision: 1, position: second!.position, state: { subject } });
      expect(factsOf(outcome).map((fact) => [fact.id, fact.revision, fact.position])).toEqual([
        [first!.id, 0, first!.position],
        [second!.id, 1, second!.position],
      ]);
      expect(second!.metadata.previousDigest).toBe(first!.metadata.digest);
      expect([first!.metadata.commandId, second!.metadata.commandId]).toEqual([asked.commandId, asked.commandId]);
      expect(await words()).toEqual(['both']);
      expect(await run(both, { request: asked })).toEqual({ ...outcome, repeated: true });
    });

    it('are stored both or not at all', async () => {
      await expect(
        run(both, {
          store: failing(async (real) => {
            await run(open);
            return real();
          }),
        }),
      ).resolves.toMatchObject({ kind: 'recorded', revision: 2 });
      const types = (await facts()).map((fact) => fact.type);
      expect(types).toEqual(['CaseOpened', 'CaseOpened', 'NoteTaken']);
    });
  });

  describe('a stream that is remembered', () => {
    let memory: StreamMemory;
    let reads: number;
    let counting: EventStore;
    beforeEach(async () => {
      memory = new StreamMemory(store);
      reads = 0;
      counting = new Proxy(store, {
        get: (target, name) => {
          if (name === 'readStream') reads++;
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(target) : member;
        },
      });
      await remembering(open);
      reads = 0;
    });
    const remembering = (decide: TransactOptions<Case, CaseEvent>['decide'], over: Over = {}) =>
      run(decide, { store: counting, memory, ...over });
    const twoNotes: TransactOptions<Case, CaseEvent>['decide'] = (state) => ({
      decision: state!.notes.length < 2 ? refused('too-early') : nothing,
      policyVersion: 3,
    });

    it('is not read again, and its chain goes on', async () => {
      const outcome = await remembering(note('one'));
      await remembering(note('two'));
      expect(reads).toBe(0);
      expect(outcome).toMatchObject({ kind: 'recorded', revision: 1, state: { notes: [expect.anything()] } });
      const stored = await facts();
      expect(stored.map(({ metadata }) => metadata.previousDigest)).toEqual([
        null,
        ...stored.slice(0, -1).map(({ metadata }) => metadata.digest),
      ]);
    });

    it('answers a command that it holds, with the state of then', async () => {
      const asked = request();
      const first = await remembering(note('one'), { request: asked });
      await remembering(note('two'));
      expect(await remembering(note('three'), { request: asked })).toEqual({ ...first, repeated: true });
      expect([reads, (await facts()).length]).toEqual([0, 3]);
    });

    it('is read when somebody else wrote to it meanwhile, and the rules are asked again', async () => {
      await run(note('elsewhere'));
      const seen: (number | undefined)[] = [];
      const outcome = await remembering((state, history) => {
        seen.push(state?.notes.length);
        return note('here')(state, history);
      });
      expect([seen, reads]).toEqual([[0, 1], 1]);
      expect(outcome).toMatchObject({ kind: 'recorded', revision: 2 });
      await remembering(note('again'));
      expect(reads).toBe(1);
    });

    it('is not tried a second time when it was behind', async () => {
      await run(note('elsewhere'));
      await run(note('elsewhere'));
      let asked = 0;
      const again: TransactOptions<Case, CaseEvent>['decide'] = (...so) => (asked++, twoNotes(...so));
      await remembering(again);
      expect(asked).toBe(2);
      await remembering(again);
      expect(asked).toBe(3);
    });

    it('refuses nobody, and says "already so" to nobody, before it was read', async () => {
      /** What is remembered lacks the last of so many notes; answers the revision of that one. */
      const behind = async (asked?: Partial<Request>): Promise<number> => {
        await remembering(note('here'));
        const outcome = await run(note('elsewhere'), { request: asked ?? {} });
        return outcome.kind === 'recorded' ? outcome.revision : -1;
      };
      const enough = (least: number): TransactOptions<Case, CaseEvent>['decide'] => {
        return (state) => ({
          decision: state!.notes.length < least ? refused('too-early') : nothing,
          policyVersion: 3,
        });
      };
      let revision = await behind();
      expect(await remembering(enough(revision))).toMatchObject({ kind: 'nothing', revision });
      revision = await behind();
      expect(await remembering(enough(0))).toMatchObject({ kind: 'nothing', revision });
      revision = await behind();
      expect(await remembering(enough(0), { request: { ifMatch: [revision] } })).toMatchObject({ kind: 'nothing' });
      const asked = request();
      revision = await behind(asked);
      expect(await remembering(enough(99), { request: asked })).toMatchObject({
        kind: 'recorded',
        repeated: true,
        revision,
      });
    });

    it('is remembered as it was stored, not as it was meant, when the answer got lost', async () => {
      const lost = failing(async (real, attempt) => {
        const result = await real();
        if (attempt === 1) throw new OutcomeUnknown('lost');
        return result;
      });
      await run(note('one'), { store: lost, memory, patienceMs: 5_000 });
      expect(await remembering(note('two'))).toMatchObject({ kind: 'recorded', revision: 2 });
      expect((await facts()).map(({ revision }) => revision)).toEqual([0n, 1n, 2n]);
    });

    describe('when another server takes over that lacks what the first one acknowledged', () => {
      let other: InMemoryEventStore;
      let interruptions: number;
      let serving: InMemoryEventStore;
      /** One address, behind which a server may be replaced. */
      let address: EventStore;
      beforeEach(async () => {
        other = new InMemoryEventStore(keys);
        [serving, interruptions] = [store, 0];
        address = new Proxy(store, {
          get: (_target, name) => {
            if (name === 'interruptions') return interruptions;
            const member: unknown = Reflect.get(serving, name, serving);
            return typeof member === 'function' ? (member as (...args: unknown[]) => unknown).bind(serving) : member;
          },
        });
        memory = new StreamMemory(address);
        const [opening] = await facts();
        const { id, type, data, metadata } = opening!;
        await other.append(stream, 'no_stream', [{ id, type, data, metadata }]);
      });
      const failOver = (): void => void ([serving, interruptions] = [other, 1]);
      const there = async (): Promise<RecordedEvent[]> => {
        const all: RecordedEvent[] = [];
        for await (const fact of other.readStream(stream)) all.push(fact);
        return all;
      };

      it('decides anew on what that one has, and answers nothing from before', async () => {
        const lost = request();
        await run(note('lost'), { store: address, memory, request: lost });
        const outcome = await run(
          async (state, history) => {
            if (serving !== other) {
              failOver();
              await run(note('of others'), { store: other });
            }
            return note('mine')(state, history);
          },
          { store: address, memory },
        );
        expect(outcome).toMatchObject({ kind: 'recorded', revision: 2 });
        const stored = await there();
        expect(stored.map(({ metadata }) => metadata.previousDigest)).toEqual([
          null,
          ...stored.slice(0, -1).map(({ metadata }) => metadata.digest),
        ]);
        expect(await run(note('lost'), { store: address, memory, request: lost })).toMatchObject({
          kind: 'recorded',
          repeated: false,
          revision: 3,
        });
      });

      it('is not remembered when that happened while it was appended', async () => {
        const during = new Proxy(address, {
          get: (target, name) =>
            name === 'append'
              ? (...args: Parameters<EventStore['append']>) => store.append(...args).finally(failOver)
              : (Reflect.get(target, name) as unknown),
        });
        await run(note('lost'), { store: during, memory });
        expect(memory.recall(stream)).toBeUndefined();
      });

      it('goes on behind what both have', async () => {
        const outcome = await run((state, history) => (failOver(), note('mine')(state, history)), { store: address });
        expect(outcome).toMatchObject({ kind: 'recorded', revision: 1 });
        expect(await there()).toHaveLength(2);
      });
    });

    it('seals anew when the person was erased meanwhile', async () => {
      await remembering(note('before'));
      await keys.erase(subject);
      await remembering(note('after'));
      expect(await words()).toEqual([ERASED, 'after']);
    });
  });

  it('seals anew when the person was erased in between', async () => {
    await run(open);
    await run(note('before'));
    const outcome = await run(note('after'), {
      store: failing(async (real, attempt) => (attempt === 1 && (await keys.erase(subject)), real())),
    });
    expect(outcome).toMatchObject({ kind: 'recorded', revision: 2 });
    expect(await words()).toEqual([{ erased: true }, 'after']);
  });
});
