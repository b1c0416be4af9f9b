import { CLOCKS, type ClockName } from '#complaint/clocks/table';
import type { ComplaintFact } from '#complaint/events';
import { MissClock } from '#desk/system/mark-missed';
import { behind, type Reaction } from './reaction.ts';

const missing = (name: ClockName, process: string): Reaction<ComplaintFact, { readonly due: string }> => ({
  process,
  timers: (fact, { receivedAt, migrated }) =>
    migrated || !('dues' in fact.data)
      ? []
      : fact.data.dues
          .filter(({ clock }) => clock === name)
          .map(({ due }) => ({ key: fact.id, due: behind(due, receivedAt), told: { due } })),
  send: ({ complaint, told: { due }, causedByTimer }, { bus }) =>
    bus.execute(new MissClock(complaint, name, due, causedByTimer(process))),
});

/**
 * docs/domain.md §5: silence is noticed by the system itself. A reaction for each clock of the table that somebody watches,
 * whichever fact sets it. A migrated complaint was answered, or not, elsewhere.
 */
export const missClocks: readonly Reaction<ComplaintFact, { readonly due: string }>[] = CLOCKS.flatMap(
  ({ name, onMiss }) => (onMiss ? [missing(name, onMiss.process)] : []),
);
