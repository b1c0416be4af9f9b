import type { Pool } from 'pg';
import type { PolicyInForce } from '#desk/policy-in-force';
import type { Settlement } from '#desk/system/settlement';
import { TryAgain } from '#ledger/follow/failure';
import type { DueTimer } from '#timers/claim';
import { EFFECT_IN_FUTURE } from '#ledger/stream/transact';
import { breakPromise } from './break-promise.ts';
import { fire } from './reaction.ts';

const ID = '11111111-1111-8111-8111-111111111111';
const due = '2026-03-02T10:00:00.000Z';
const timer: DueTimer = {
  id: ID,
  process: 'break-promise',
  key: ID,
  orderingKey: null,
  attempts: 1,
  payload: { fact: ID, correlation: ID, complaint: ID, promise: ID, due },
};

/** What becomes of a timer whose command the desk settles so. */
const fired = (settlement: Settlement, now: string): Promise<string> =>
  fire(breakPromise, timer, {
    pool: undefined as unknown as Pool,
    policies: undefined as unknown as PolicyInForce,
    bus: { execute: async () => settlement },
    clock: () => new Date(now),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });

const LATER = '2026-03-02T10:00:00.001Z';
const refused = (code: string): Settlement => ({ kind: 'refused', refusal: { code } });

describe('a timer that fired', () => {
  it('has done its work when something is recorded, or nothing is left to do', async () => {
    expect(await fired({ kind: 'recorded', facts: [] }, LATER)).toBe('recorded');
    expect(await fired({ kind: 'nothing' }, LATER)).toBe('nothing');
  });

  it('fires again when the rule was asked too early to see anything', () =>
    expect(fired({ kind: 'nothing' }, due)).rejects.toThrow(TryAgain));

  it('fires again when what it asked for lay in the future for the ledger', () =>
    expect(fired(refused(EFFECT_IN_FUTURE), LATER)).rejects.toThrow(TryAgain));

  it.each(['not-found', 'idempotency-key-reused', 'invalid-body'])(
    'ends with %s, which the same command would meet again',
    async (code) => expect(await fired(refused(code), LATER)).toBe(code),
  );
});
