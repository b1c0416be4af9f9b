import type { ComplaintFact } from '#complaint/events';
import { BREAK_PROMISE } from '#desk/causes';
import { BreakPromise } from '#desk/system/mark-missed';
import { behind, type Reaction } from './reaction.ts';

/** docs/domain.md §3: a promise that is not kept is noticed by the system itself. */
export const breakPromise: Reaction<
  Extract<ComplaintFact, { type: 'PromiseMade' }>,
  { readonly promise: string; readonly due: string }
> = {
  process: 'break-promise',
  timers: ({ data: { promise, due } }, { id, receivedAt, migrated }) =>
    migrated
      ? []
      : [
          {
            key: promise,
            due: behind(due, receivedAt),
            // Marks of one complaint would only get in each other's way.
            orderingKey: `promises:${id}`,
            told: { promise, due },
          },
        ],
  send: ({ complaint, told, causedByTimer }, { bus }) =>
    bus.execute(new BreakPromise(complaint, told.promise, causedByTimer(BREAK_PROMISE))),
};
