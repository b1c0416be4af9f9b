import { readFile } from 'node:fs/promises';
import type { DeskParts } from '../../desk/src/parts.ts';
import { adoptPolicy } from '../../desk/src/system/adopt-policy.ts';
import { defaultPolicy } from '../../policy/src/default-policy.ts';
import { parsePolicy } from '../../policy/src/parse-policy.ts';

/** The policy file cannot be adopted; the message says where and why. */
export class PolicyTrouble extends Error {
  override readonly name = 'PolicyTrouble';
}

/** Adopts POLICY_FILE, whole, or the mission's defaults into a ledger without a policy (mission §8). Throws PolicyTrouble. */
export const adoptPolicyFile = async (desk: DeskParts, file: string | undefined): Promise<void> => {
  if (file === undefined) return void (await adoptPolicy(desk, { policy: defaultPolicy, source: 'defaults' }));
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new PolicyTrouble(`POLICY_FILE ${file} cannot be read (${(error as { code?: string }).code ?? 'unknown'}).`);
  });
  const parsed = parsePolicy(text);
  if ('errors' in parsed)
    throw new PolicyTrouble(
      [
        `POLICY_FILE ${file} is no valid policy:`,
        ...parsed.errors.map(({ pointer, detail }) => `  ${pointer}: ${detail}`),
      ].join('\n'),
    );
  const settlement = await adoptPolicy(desk, { policy: parsed.policy, source: 'file' });
  if (settlement.kind === 'refused')
    throw new PolicyTrouble(`POLICY_FILE ${file}: ${settlement.refusal.detail ?? settlement.refusal.code}`);
};
