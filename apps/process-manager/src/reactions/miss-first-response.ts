import type { ComplaintFact } from '#complaint/events';
import { MISS_FIRST_RESPONSE } from '#desk/causes';
import { MissFirstResponse } from '#desk/system/mark-missed';
import { behind, type Reaction } from './reaction.ts';

/** docs/domain.md §5: silence is noticed by the system itself. A migrated complaint was answered, or not, elsewhere. */
export const missFirstResponse: Reaction<
  Extract<ComplaintFact, { type: 'ComplaintReceived' }>,
  { readonly due: string }
> = {
  process: 'miss-first-response',
  timers: (fact, { receivedAt, migrated }) =>
    migrated
      ? []
      : fact.data.dues
          .filter(({ clock }) => clock === 'first-response')
          .map(({ due }) => ({ key: fact.id, due: behind(due, receivedAt), told: { due } })),
  send: ({ complaint, causedByTimer }, { bus }) =>
    bus.execute(new MissFirstResponse(complaint, causedByTimer(MISS_FIRST_RESPONSE))),
};
