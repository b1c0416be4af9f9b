import { dueAfterWorkingDays } from '#calendar/due';
import type { VersionedPolicy } from '#policy/policy';
import type { ComplaintEvent } from '../events.ts';
import type { Due } from '../vocabulary.ts';
import { CLOCKS, type ClockDefinition } from './table.ts';

/**
 * The time limits that a fact of this type sets from an instant on (docs/domain.md §5), by the norms of the policy, each
 * with all that it was computed from.
 */
export const duesSetBy = (type: ComplaintEvent['type'], from: string, policy: VersionedPolicy): Due[] =>
  (CLOCKS as readonly ClockDefinition[])
    .filter(({ startsOn }) => startsOn[type] !== undefined)
    .map(({ name: clock, norm }) => {
      const { workingDays, calendar } = policy.norms[norm];
      const { due } = dueAfterWorkingDays(from, workingDays, policy.calendars[calendar]!);
      return { clock, from, due, workingDays, calendar, calendarVersion: policy.version };
    });
