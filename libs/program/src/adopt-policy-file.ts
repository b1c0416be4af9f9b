import { readFile } from 'node:fs/promises';
import type { DeskDependencies } from '#desk/desk-dependencies';
import { adoptPolicy } from '#desk/system/adopt-policy';
import { defaultPolicy } from '#policy/default-policy';
import { parsePolicy } from '#policy/parse-policy';

/** The policy file cannot be adopted; the message says where and why. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** Adopts POLICY_FILE, whole, or the defaults into a ledger without a policy (docs/domain.md §8). Throws PolicyError. */
export const adoptPolicyFile = async (desk: DeskDependencies, file: string | undefined): Promise<void> => {
  if (file === undefined) return void (await adoptPolicy(desk, { policy: defaultPolicy, source: 'defaults' }));
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new PolicyError(`POLICY_FILE ${file} cannot be read (${(error as { code?: string }).code ?? 'unknown'}).`);
  });
  const parsed = parsePolicy(text);
  if ('errors' in parsed)
    throw new PolicyError(
      [
        `POLICY_FILE ${file} is no valid policy:`,
        ...parsed.errors.map(({ pointer, detail }) => `  ${pointer}: ${detail}`),
      ].join('\n'),
    );
  const settlement = await adoptPolicy(desk, { policy: parsed.policy, source: 'file' });
  if (settlement.kind === 'refused')
    throw new PolicyError(`POLICY_FILE ${file}: ${settlement.refusal.detail ?? settlement.refusal.code}`);
};
