import { Controller } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { STAFF } from '#desk/roles';
import { FindCustomer } from '#desk/queries/find-customer';
import { parameter } from '../parameters.ts';
import { Refuses } from '../openapi/refuses.ts';
import { CUSTOMER } from './list-answers.ts';
import { Reads } from './door.ts';
import { found } from './found.ts';

/** A customer's own number, which is found and never listed. */
const CustomerReference = (): ParameterDecorator =>
  parameter('reference', {
    description: 'The organisation’s own number for the customer.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
    mustBe: 'letters, digits, dots, underscores and hyphens, at most 64',
    read: (text) => (/^[A-Za-z0-9._-]{1,64}$/.test(text) ? text : undefined),
    required: true,
  });

/** Customers as subjects: an id, and nothing that an erasure would have to reach. */
@ApiTags('customers')
@Controller()
export class CustomerDoors {
  constructor(private readonly queries: QueryBus) {}

  @Refuses('not-found')
  @Reads({ path: 'v1/customers', summary: 'Which subject a customer’s reference stands for.', roles: STAFF }, CUSTOMER)
  async find(@CustomerReference() reference: string) {
    return found(await this.queries.execute(new FindCustomer(reference))).value;
  }
}
