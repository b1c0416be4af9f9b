import type { Decision } from './decision.ts';
import type { Event } from './define-event.ts';
import type { Fact, FactOf } from './fact.ts';
import type { StreamKind } from './stream-kind.ts';

/**
 * Stories: how a rule is told in a spec. `given(…facts).when(decision).then(…events)`.
 * Given events become facts one minute apart, from `STORY_BEGINS`, unless `at(instant, event)` or `by(role, event)` says
 * otherwise; the nth fact's id is `factId(n)`.
 */
export const STORY_BEGINS = '2026-03-02T09:00:00.000Z';

export const factId = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

export type Told<E extends Event> =
  E | { readonly told: E; readonly at?: string; readonly role?: Fact['actor']['role'] };

/** Tells when an event took effect (and was recorded). */
export const at = <E extends Event>(instant: string, event: E): Told<E> => ({ told: event, at: instant });
/** Tells in which role it was done. */
export const by = <E extends Event>(role: Fact['actor']['role'], event: E): Told<E> => ({ told: event, role });

export const history = <E extends Event>(stream: string, events: readonly Told<E>[]): FactOf<E>[] =>
  events.map((told, revision) => {
    const { told: event, at: instant, role } = 'told' in told ? told : { told, at: undefined, role: undefined };
    const when = instant ?? new Date(Date.parse(STORY_BEGINS) + revision * 60_000).toISOString();
    return {
      ...event,
      id: factId(revision),
      stream,
      revision,
      position: `story.${String(revision).padStart(20, '0')}`,
      schemaVersion: 1,
      commandId: factId(1000 + revision),
      requestDigest: 'story',
      actor: { id: role ?? 'anna', role: role ?? 'handler', assurance: 'claimed' },
      correlationId: factId(9999),
      recordedAt: when,
      effectiveAt: when,
      policyVersion: 0,
      previousDigest: null,
      digest: 'sha256:story',
    } as unknown as FactOf<E>;
  });

/** Starts the stories of one kind of stream. Needs jest's `expect`. */
export const storiesOf = <State, E extends Event>(kind: StreamKind<State, E>, stream: string) => ({
  given: (...events: readonly Told<E>[]) => {
    const state = history(stream, events).reduce<State | undefined>(
      (older, fact) => kind.evolve(older, fact),
      undefined,
    );
    return {
      state,
      when: (decide: (state: State) => Decision<E>) => {
        const decision = decide(state as State);
        return {
          decision,
          then: (...expected: readonly E[]) => expect(decision).toEqual({ kind: 'recorded', events: expected }),
          thenNothing: () => expect(decision).toEqual({ kind: 'nothing' }),
          thenRefused: (code: string, members?: Record<string, unknown>) =>
            expect(decision).toMatchObject({ kind: 'refused', refusal: { code, ...(members && { members }) } }),
        };
      },
    };
  },
});
