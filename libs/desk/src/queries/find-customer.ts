import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { notFound } from '../answering.ts';
import { Desk } from '../desk.ts';
import type { Answered } from './past.ts';

/** Which person a customer's reference stands for: the subject's id, and nothing else. */
export class FindCustomer extends Query<Answered<{ readonly id: string }>> {
  constructor(readonly reference: string) {
    super();
  }
}

@QueryHandler(FindCustomer)
export class FindCustomerHandler implements IQueryHandler<FindCustomer> {
  constructor(private readonly desk: Desk) {}

  async execute({ reference }: FindCustomer): Promise<Answered<{ readonly id: string }>> {
    const id = await this.desk.parts.subjects.find(reference);
    return id === undefined ? notFound : { kind: 'found', value: { id } };
  }
}
