import { randomBytes, randomUUID } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { CommandBus, QueryBus, type Command } from '@nestjs/cqrs';
import type { TSchema } from '@sinclair/typebox';
import type { Role } from '#fact/fact';
import { InMemoryEventStore } from '#ledger/adapters/in-memory/in-memory-event-store';
import type { EventStore } from '#ledger/stream/port';
import { defaultPolicy } from '#policy/default-policy';
import type { Policy } from '#policy/policy';
import { InMemoryKeyTable } from '#privacy/in-memory-key-table';
import { MasterKey } from '#privacy/master-key';
import { Secrets } from '#privacy/secrets';
import { Vault } from '#privacy/vault';
import type { Caller } from './caller.ts';
import { DeskModule } from './desk.module.ts';
import type { AnswerOf } from './answer-schemas.ts';
import type { Answered, Opening, QueryDescription } from './queries/query.ts';
import { Read } from './queries/read.ts';
import { InMemoryReferences } from './in-memory-references.ts';
import type { DeskDependencies } from './desk-dependencies.ts';
import { adoptPolicy } from './system/adopt-policy.ts';
import type { Written } from './written.ts';

/** The desk of specs: everything as in the programs, but the ledger and the tables are in memory and the clock stands. */
export interface DeskInMemory {
  readonly store: InMemoryEventStore;
  readonly keys: InMemoryKeyTable;
  readonly parts: DeskDependencies;
  send<R>(command: Command<R>): Promise<R>;
  /** The same to another process beside this one, over the same ledger and tables. */
  sendElsewhere<R>(command: Command<R>): Promise<R>;
  ask<Asked, Answer extends TSchema, From extends Opening>(
    what: QueryDescription<Asked, Answer, From>,
    asked: Asked,
  ): Promise<Answered<AnswerOf<Answer>>>;
  /** Puts the clock on; everything after it happens later. */
  later(duration: { readonly hours?: number; readonly minutes?: number }): void;
  /** Adopts another policy. */
  adopt(change: Partial<Policy>): Promise<void>;
  close(): Promise<void>;
}

export const deskInMemory = async (
  wrapStore: (store: InMemoryEventStore) => EventStore = (store) => store,
): Promise<DeskInMemory> => {
  const keys = new InMemoryKeyTable();
  const store = new InMemoryEventStore(keys);
  const subjects = new Map<string, string>();
  let now = Date.parse('2026-03-02T09:00:00.000Z');
  const parts: DeskDependencies = {
    store: wrapStore(store),
    vault: new Vault(keys, MasterKey.mint().key),
    secrets: new Secrets(randomBytes(32)),
    subjects: {
      subjectFor: async (reference) => subjects.get(reference) ?? subjects.set(reference, randomUUID()).get(reference)!,
      find: async (reference) => subjects.get(reference),
    },
    references: new InMemoryReferences(),
    organisation: 'local',
    clock: () => new Date(now),
  };
  await adoptPolicy(parts, { policy: defaultPolicy, source: 'defaults' });
  const started = async (): Promise<TestingModule> => {
    const module = await Test.createTestingModule({ imports: [DeskModule.with(parts)] }).compile();
    return module.init();
  };
  const module = await started();
  let elsewhere: TestingModule | undefined;
  return {
    store,
    keys,
    parts,
    send: (command) => module.get(CommandBus).execute(command),
    sendElsewhere: async (command) => (elsewhere ??= await started()).get(CommandBus).execute(command),
    ask: (what, asked) => module.get(QueryBus).execute(new Read(what, asked, READER)),
    later: ({ hours = 0, minutes = 0 }) => void (now += (hours * 60 + minutes) * 60_000),
    adopt: async (change) =>
      void (await adoptPolicy(parts, { policy: { ...defaultPolicy, ...change }, source: 'api' })),
    close: async () => {
      await module.close();
      await elsewhere?.close();
    },
  };
};

const READER = {
  actor: { id: 'anna', role: 'handler', assurance: 'claimed' },
  correlationId: randomUUID(),
  languages: [],
} as const;

/** Somebody at the door. Without a key every request is a new one. */
export const by = (role: Role, path: string, also: Partial<Caller> = {}): Caller => ({
  actor: { id: role === 'handler' ? 'anna' : `the-${role}`, role, assurance: 'claimed' },
  method: 'POST',
  path,
  correlationId: randomUUID(),
  ...also,
});

/** A body as validation makes it: an instance of its class. */
export const body = <T extends object>(shape: new () => T, members: Omit<T, never>): T =>
  Object.assign(new shape(), members);

/** The answer of a command that must have been taken. */
export const taken = (answer: Written): Extract<Written, { kind: 'written' }> => {
  if (answer.kind !== 'written') throw new Error(`not taken: ${JSON.stringify(answer)}`);
  return answer;
};

/** The code of a refusal; what else came is told. */
export const codeOf = (answer: { readonly kind: string; readonly refusal?: { readonly code: string } }): string =>
  answer.refusal?.code ?? answer.kind;
