import { nothing, recorded } from '#fact/decision';
import type { Policy } from '#policy/policy';
import { missedAt } from '../clocks/missed-at.ts';
import type { Complaint } from '../complaint.ts';
import { partOf } from '../sub-resources.ts';
import { unknownPart } from '../unknown-part.ts';
import { promiseBroken } from './events.ts';

/** The system's own: it saw that a promise's time has run out. Effective at `missedAt` of the promise's due. */
export interface BreakPromise {
  readonly promise: string;
  /** The present. */
  readonly now: string;
}

/**
 * docs/domain.md §3: a broken promise is detected by the system itself, exactly once; kept in time it is not broken. Not on a
 * migrated complaint: how its promises were kept may be brought over later than the promises (docs/api.md, A life in requests: no timers).
 */
export const breakPromise = (command: BreakPromise, complaint: Complaint, _policy: Policy) => {
  const promise = partOf(complaint, 'promise', command.promise);
  if (!promise) return unknownPart('promise');
  if (complaint.received.origin?.migrated) return nothing;
  const keptInTime = promise.fulfilled !== null && promise.fulfilled.at <= promise.due;
  if (promise.broken || keptInTime || command.now <= missedAt(complaint, promise.due)) return nothing;
  return recorded(promiseBroken({ promise: promise.id, what: promise.what, due: promise.due }));
};
