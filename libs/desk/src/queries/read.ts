import { Module } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { CqrsModule, Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { TSchema } from '@sinclair/typebox';
import { holdsPersonal, type AnswerOf } from '../answer-schemas.ts';
import type { Answered, Opening, QueryDescription, Reader } from './query.ts';

/** Something that somebody reads: what, of which, and who. The only way to an answer. */
export class Read<Asked, Answer extends TSchema, From extends Opening> extends Query<Answered<AnswerOf<Answer>>> {
  constructor(
    readonly what: QueryDescription<Asked, Answer, From>,
    readonly asked: Asked,
    readonly reader: Reader,
  ) {
    super();
  }
}

/** Answers every read: what holds for all of them is said here, once. */
@QueryHandler(Read)
export class ReadHandler implements IQueryHandler<Read<unknown, TSchema, Opening>> {
  private readonly opens = new WeakMap<TSchema, boolean>();

  constructor(private readonly module: ModuleRef) {}

  async execute({ what, asked, reader }: Read<unknown, TSchema, Opening>): Promise<Answered<unknown>> {
    const from = this.module.get<Opening>(what.from, { strict: false });
    const answered: Answered<unknown> = await what.select(from, asked, reader);
    if (answered.kind === 'refused' || !this.holdsPersonal(what.answer)) return answered;
    return { ...answered, value: await from.vault.open(answered.value) };
  }

  /** Looked at once per schema: most lists hold codes and ids only, and need no walk through their items. */
  private holdsPersonal(schema: TSchema): boolean {
    let holds = this.opens.get(schema);
    if (holds === undefined) this.opens.set(schema, (holds = holdsPersonal(schema)));
    return holds;
  }
}

/** The way of reads, for whoever opens doors to them: the QueryBus and its one handler. */
@Module({ imports: [CqrsModule], providers: [ReadHandler], exports: [CqrsModule] })
export class ReadsModule {}
