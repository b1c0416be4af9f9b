import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import type { Policy } from '#policy/policy';
import { Desk } from '../desk.ts';
import type { Answered } from './past.ts';

/** The policy in force, as it was adopted. Its version is the revision of its fact. */
export class ReadPolicy extends Query<Answered<Policy>> {}

@QueryHandler(ReadPolicy)
export class ReadPolicyHandler implements IQueryHandler<ReadPolicy> {
  constructor(private readonly desk: Desk) {}

  async execute(): Promise<Answered<Policy>> {
    const { version, ...policy } = await this.desk.policies.newest();
    return { kind: 'found', value: policy, revision: version };
  }
}
