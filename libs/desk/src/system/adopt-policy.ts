import { randomUUID } from 'node:crypto';
import { adopt, type Adopt } from '#policy/adopt';
import { policyStreams } from '#policy/policies';
import { transact } from '#ledger/stream/transact';
import type { DeskDependencies } from '../desk-dependencies.ts';
import { settled, type Settlement } from './settlement.ts';

/**
 * What a program does before it opens its doors: adopts its POLICY_FILE, or the defaults into a ledger that has none.
 * Programs that start at once with the same file adopt it once. Refused: a file older than the last one adopted.
 */
export const adoptPolicy = async (
  { store, vault, secrets, clock }: Pick<DeskDependencies, 'store' | 'vault' | 'secrets' | 'clock'>,
  policy: Adopt,
): Promise<Settlement> => {
  const commandId = randomUUID();
  return settled(
    await transact({
      store,
      vault,
      kind: policyStreams,
      stream: 'policy',
      request: {
        commandId,
        requestDigest: secrets.requestDigest({ source: policy.source, policy: policy.policy }),
        actor: { id: 'operator', role: 'system', assurance: 'authenticated' },
        correlationId: commandId,
      },
      now: clock,
      // The first policy is decided under no other than itself.
      decide: (policies) => ({ decision: adopt(policy, policies), policyVersion: policies?.newest.version ?? 0 }),
    }),
  );
};
