import { nameOf } from '#ledger/follow/failure';
import type { FollowerStatus } from '#ledger/follow/status';
import type { EventStore } from '#ledger/stream/port';
import { sentenceOn, type Advice } from '#postgres/advice';
import type { Vault } from '#privacy/vault';
import { within } from '#resilience/deadline';
import type { FollowerWatch } from './metrics.ts';

export interface Health {
  readonly ok: boolean;
  /** A sentence of codes and counts, never a value or a secret. */
  readonly detail?: string;
}

/** Something the service needs, and whether it is there. What throws is not there. */
export interface HealthCheck {
  readonly name: string;
  readonly check: () => Promise<Health>;
}

const PATIENCE_MS = 2000;

export const examine = (
  checks: readonly HealthCheck[],
  patienceMs = PATIENCE_MS,
): Promise<readonly (Health & { name: string })[]> =>
  Promise.all(checks.map(async ({ name, check }) => ({ name, ...(await inTime(check, patienceMs)) })));

const inTime = async (check: () => Promise<Health>, ms: number): Promise<Health> => {
  try {
    return await within(check(), { ms }, () => ({ ok: false, detail: 'does not answer' }));
  } catch (error) {
    return { ok: false, detail: nameOf(error) };
  }
};

export const ledgerCheck = (store: EventStore): HealthCheck => ({
  name: 'ledger',
  check: async () => {
    const { ok, kind, detail } = await store.health();
    return { ok, detail: detail === undefined ? kind : `${kind}: ${detail}` };
  },
});

/** A data key that is missing or does not unwrap is an alarm in every program that opens texts (docs/formats.md, Personal data). */
export const keysCheck = (vault: Pick<Vault, 'health'>): HealthCheck => ({
  name: 'keys',
  check: async () => vault.health(),
});

/** Advice on the database's settings makes nobody unready; it is there to be read. */
export const databaseChecks = (advice: readonly Advice[]): readonly HealthCheck[] =>
  advice.length === 0
    ? []
    : [{ name: 'database', check: async () => ({ ok: true, detail: advice.map(sentenceOn).join('; ') }) }];

/** How far a follower lags and what it parked, in words. */
export const figuresOf = (
  status: Pick<FollowerStatus, 'lagFacts' | 'lagIsAtLeast' | 'lagSeconds' | 'parked' | 'parkedBehind'>,
): string => {
  const { lagFacts, lagIsAtLeast, lagSeconds, parked, parkedBehind } = status;
  const lag = `${lagIsAtLeast ? 'at least ' : ''}${lagFacts} facts and ${Math.round(lagSeconds)} s behind`;
  return parked === 0 ? `${lag}, 0 parked` : `${lag}, ${parked} parked (${parkedBehind} of them behind others)`;
};

/** A follower that lags is alive; one that stopped before a fact needs somebody. */
export const followerCheck = ({ subscription, read }: FollowerWatch): HealthCheck => ({
  name: subscription,
  check: async () => {
    const { state, error, owner, ...figures } = await read();
    const how = error === undefined ? state : `${state} (${error})`;
    return { ok: state !== 'stopped', detail: `${how}, ${figuresOf(figures)}, followed by ${owner ?? 'nobody'}` };
  },
});
