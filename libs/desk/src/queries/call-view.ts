import type { CallRead } from '#complaint/ending/close';
import type { CallAnswer } from './complaint-answers.ts';

/**
 * A follow-up call as it is asked for, and inside its complaint. Personal texts are still sealed: opened while answering.
 * NOTE: published; members are only added.
 */
export const callView = ({ id, revision, state: call }: CallRead): CallAnswer => ({
  id,
  revision,
  kind: call.kind,
  complaint: call.complaint,
  customer: call.customer,
  situation: call.situation,
  due: call.due,
  handler: call.handler ?? null,
  openedAt: call.opened.at,
  attemptLimit: call.attemptLimit,
  attemptGap: call.attemptGap,
  attempts: call.attempts.map(({ at, by, result, counted }) => ({ at, by, result, counted })),
  countedAttempts: call.attempts.filter(({ counted }) => counted).length,
  outcome: call.situation === 'reached' ? outcomeView(call.outcome) : null,
  notReached: call.notReached && { at: call.notReached.at, by: call.notReached.by },
  superseded: call.situation === 'superseded' ? { at: call.superseded.at, reopening: call.superseded.reopening } : null,
});

const outcomeView = <T extends { readonly fact: string }>({ fact: _fact, ...outcome }: T): Omit<T, 'fact'> => outcome;
